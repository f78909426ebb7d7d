namespace Serval.DataPlane;

// What a status page asks for. Any thread.
public sealed partial class Router
{
    /// <summary>Seconds since the live snapshot was applied.</summary>
    public double LiveForSeconds => _publisher.AgeSeconds;

    /// <summary>
    /// The first <see cref="Limits.ListenerSeries"/> listeners of the newest snapshot, and whether all of
    /// their sockets are open.
    /// </summary>
    public IReadOnlyList<(string Name, bool IsUp)> Listeners => _publisher.Listeners;

    /// <summary>Endpoints that at least one worker has ejected, as <c>address:port</c>.</summary>
    public IReadOnlySet<string> EjectedEndpoints
    {
        get
        {
            lock (_endpointLog) return _endpointLog.Names();
        }
    }
}
