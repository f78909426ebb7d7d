using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>
/// Which HTTPS listeners of one port share hostnames: a client may use a connection that it made for one
/// with a request for another (Gateway API, ListenerConditionOverlappingTLSConfig). Serval answers such
/// requests 421.
/// </summary>
/// <remarks>Owner: one Gateway with its ListenerSets.</remarks>
internal sealed class ListenerOverlaps
{
    private const string EveryHost = "";
    private readonly Dictionary<(int Port, string Hostname), List<string>> _places = [];
    private readonly Dictionary<string, string> _overlaps = new(StringComparer.Ordinal);

    /// <summary>Looks at all of them.</summary>
    public ListenerOverlaps(IEnumerable<ResolvedListener> listeners)
    {
        ResolvedListener[] secured =
            [.. listeners.Where(l => l.Source.Protocol == "HTTPS" && l.Accepted.IsTrue)];
        foreach (ResolvedListener listener in secured)
        {
            (int, string) place = (listener.Source.Port, listener.Source.Hostname ?? EveryHost);
            if (!_places.TryGetValue(place, out List<string>? names))
                _places.Add(place, names = []);
            names.Add(listener.Name);
        }
        foreach (ResolvedListener listener in secured)
        {
            foreach (string wider in WiderThan(listener.Source.Hostname))
                Note(listener, wider);
        }
    }

    /// <summary>The listener, with the verdict that it shares hostnames if it does.</summary>
    public ResolvedListener Judge(ResolvedListener listener) =>
        _overlaps.TryGetValue(listener.Name, out string? other)
            ? listener with
            {
                Overlaps = Verdict.Yes(Reason.OverlappingHostnames,
                    $"Listener {other} serves some of the same hostnames on this port. Requests for the one "
                    + "on a connection of the other are answered 421."),
            }
            : listener;

    private static IEnumerable<string> WiderThan(string? hostname)
    {
        if (hostname is null)
            yield break;
        yield return EveryHost;
        string suffix = hostname.StartsWith("*.", StringComparison.Ordinal) ? hostname[2..] : hostname;
        for (int dot = suffix.IndexOf('.', StringComparison.Ordinal); dot >= 0;
            dot = suffix.IndexOf('.', StringComparison.Ordinal))
        {
            suffix = suffix[(dot + 1)..];
            yield return $"*.{suffix}";
        }
    }

    private void Note(ResolvedListener listener, string wider)
    {
        if (!_places.TryGetValue((listener.Source.Port, wider), out List<string>? names))
            return;
        foreach (string name in names)
        {
            _overlaps.TryAdd(listener.Name, name);
            _overlaps.TryAdd(name, listener.Name);
        }
    }
}
