using Grpc.Core;
using Serval.Vpp.V1;

namespace Serval.VppBridge.Reconciling;

/// <summary>Hands events to everybody who watches. A slow watcher loses the oldest and is told how many.
/// Thread: any.</summary>
internal sealed class EventHub(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<EventSubscription> _watchers = [];

    public void Publish(EventKind kind, string subject, string detail)
    {
        var at = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(clock.GetUtcNow());
        lock (_gate)
        {
            foreach (EventSubscription watcher in _watchers)
                watcher.Offer(new Event { At = at, Kind = kind, Subject = subject, Detail = detail });
        }
    }

    public EventSubscription Subscribe()
    {
        var subscription = new EventSubscription(this);
        lock (_gate)
        {
            if (_watchers.Count >= Limits.WatchersMax)
                throw GrpcFault.Of(
                    StatusCode.ResourceExhausted, $"{Limits.WatchersMax} callers watch already");
            _watchers.Add(subscription);
        }

        return subscription;
    }

    public void Remove(EventSubscription subscription)
    {
        lock (_gate)
            _watchers.Remove(subscription);
    }
}
