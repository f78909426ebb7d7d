using System.Threading.Channels;
using Serval.Vpp.V1;

namespace Serval.VppBridge.Reconciling;

/// <summary>The events waiting for one watcher.</summary>
internal sealed class EventSubscription : IDisposable
{
    private readonly EventHub _hub;
    private readonly Channel<Event> _queue;
    private uint _lostCount;

    public EventSubscription(EventHub hub)
    {
        _hub = hub;
        _queue = Channel.CreateBounded<Event>(
            new BoundedChannelOptions(
                Limits.WatcherEventsMax)
            { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref _lostCount));
    }

    public void Offer(Event item) => _queue.Writer.TryWrite(item);

    public async ValueTask<Event> ReadAsync(CancellationToken cancel)
    {
        Event item = await _queue.Reader.ReadAsync(cancel).ConfigureAwait(false);
        item.LostBefore = Interlocked.Exchange(ref _lostCount, 0);
        return item;
    }

    public void Dispose() => _hub.Remove(this);
}
