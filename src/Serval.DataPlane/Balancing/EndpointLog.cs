using System.Globalization;
using System.Text;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Balancing;

/// <summary>
/// Turns what workers say of endpoints into one line when the first ejects one, and one when the last has it
/// back. Owner: the router. Thread: its timer's. Bound: <see cref="Limits.Endpoints"/> names at a time: those
/// that are retired while they are out are forgotten.
/// </summary>
internal sealed class EndpointLog
{
    private readonly Dictionary<string, HashSet<int>> _down = new(StringComparer.Ordinal);

    /// <summary>The line for an event of a worker; null when another worker's has said it.</summary>
    public string? Take(int worker, in EndpointEvent change)
    {
        string name = NameOf(in change.Address);
        if (change.Kind == EndpointEventKind.Ejected)
        {
            bool isFirst = !_down.TryGetValue(name, out HashSet<int>? workers);
            if (isFirst) _down[name] = workers = [];
            bool isNews = workers!.Add(worker);
            return isFirst && isNews
                ? string.Create(CultureInfo.InvariantCulture,
                    $"Endpoint {name} is ejected: {Describe(change.Errno)}; "
                    + $"next try in {change.DurationMs} ms")
                : null;
        }

        if (!_down.TryGetValue(name, out HashSet<int>? known)) return null;
        known.Remove(worker);
        if (known.Count > 0) return null;
        _down.Remove(name);
        return change.Kind == EndpointEventKind.Restored ? $"Endpoint {name} is back" : null;
    }

    /// <summary>The endpoints that are out now.</summary>
    public HashSet<string> Names() => new(_down.Keys, StringComparer.Ordinal);

    private static string Describe(int errno) => errno == 0
        ? "it closes connections without a response" : Errno.Describe(errno);

    private static string NameOf(in SocketAddress address)
    {
        Span<byte> text = stackalloc byte[64];
        string host = Encoding.ASCII.GetString(text[..address.FormatAddress(text)]);
        return string.Create(CultureInfo.InvariantCulture,
            $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{address.Port}");
    }
}
