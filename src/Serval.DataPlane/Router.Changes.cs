using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.DataPlane.Admin;
using Serval.DataPlane.Swapping;

namespace Serval.DataPlane;

// What the log says of a new snapshot: what it holds, or what it changes, and where it listens.
public sealed partial class Router
{
    private const int ListenersLogged = 32;

    private void LogChanges(Snapshot? before, Snapshot after)
    {
        LogApplied(_logger, after.Version, ChangeWords.Between(before, after));
        if (before?.Listeners == after.Listeners) return;
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (Listener listener in before?.Listeners ?? []) known.Add(Place(listener));
        Dictionary<string, bool> isUp = new(StringComparer.Ordinal);
        foreach ((string name, bool up) in Listeners) isUp[name] = up;
        int logged = 0;
        int more = 0;
        foreach (Listener listener in after.Listeners)
        {
            // A socket that could not be opened has a line of its own.
            if (known.Contains(Place(listener)) || !isUp.GetValueOrDefault(listener.Name)) continue;
            if (logged++ < ListenersLogged) LogListener(_logger, listener.Name, Place(listener));
            else more++;
        }

        if (more > 0) LogMoreListeners(_logger, more);
    }

    private static string Place(Listener listener)
    {
        string[] addresses = listener.Addresses.IsEmpty ? ["*"] : [.. listener.Addresses];
        string places = string.Join(", ", Array.ConvertAll(
            addresses, address => AddressText.Join(address, listener.Port)));
        return listener.Hostname is null ? places : $"{places} for {listener.Hostname}";
    }

    [LoggerMessage(1002, LogLevel.Information, "Snapshot {Version} is live: {Changes}")]
    private static partial void LogApplied(ILogger logger, string version, string changes);

    [LoggerMessage(1013, LogLevel.Information, "listener {Name} is on {Place}")]
    private static partial void LogListener(ILogger logger, string name, string place);

    [LoggerMessage(1014, LogLevel.Information, "and {Count} more listeners (GET /status)")]
    private static partial void LogMoreListeners(ILogger logger, int count);
}
