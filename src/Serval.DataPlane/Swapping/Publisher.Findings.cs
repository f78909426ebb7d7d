using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Accepting;

namespace Serval.DataPlane.Swapping;

// What is wrong now, kept until it no longer is.
internal sealed partial class Publisher
{
    private ImmutableArray<Finding> _refusal = [];
    private ImmutableArray<Finding> _lackOfRoom = [];
    private ImmutableArray<Finding> _unopened = [];
    private readonly TimeoutNotice _timeouts = new(timeouts);
    private Finding? _timeoutNotice;

    /// <summary>
    /// Why the snapshot that came last was refused, which sockets are not open, and what else there is to
    /// know about the newest one. Any thread.
    /// </summary>
    public ImmutableArray<Finding> Findings
    {
        get
        {
            lock (_lock)
            {
                ImmutableArray<Finding> found =
                    [.. _refusal, .. _lackOfRoom, .. _unopened, .. _ties.TlsFindings];
                return _timeoutNotice is { } notice ? found.Add(notice) : found;
            }
        }
    }

    /// <summary>
    /// The first <see cref="Limits.ListenerSeries"/> listeners of the newest snapshot, and whether all of
    /// their sockets are open. Any thread.
    /// </summary>
    public IReadOnlyList<(string Name, bool IsUp)> Listeners
    {
        get
        {
            List<(string Name, bool IsUp)> listeners = [];
            lock (_lock)
            {
                if (_newest is null) return listeners;
                foreach (Listener listener in _newest.Source.Listeners)
                {
                    if (listeners.Count == Limits.ListenerSeries) break;
                    bool isUp = true;
                    foreach (SocketKey key in SocketSet.KeysOf(listener))
                        isUp &= _sockets.Ids.ContainsKey(key);
                    listeners.Add((listener.Name, isUp));
                }
            }

            return listeners;
        }
    }
}
