using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Secrets;

namespace Serval.Control.Publishing;

/// <summary>
/// The routers of one gateway: each has its own link, and all are pushed to in parallel. A replica that does
/// not lead pushes only to a router that has kept another version for a while, so that a dead leader delays
/// changes by seconds and two live replicas never contend.
/// </summary>
/// <remarks>
/// Owner: one gateway. Thread: any, changes of the set one at a time. Bound:
/// <see cref="PublishingLimits.RoutersMax"/>.
/// </remarks>
/// <param name="access">Credentials.</param>
/// <param name="term">Whether this replica leads now, and the epoch of its pushes.</param>
/// <param name="time">Clock of pauses.</param>
/// <param name="log">Receives changes of state.</param>
internal sealed class RouterFleet(
    RouterAccess access, Func<(bool IsLeader, long Epoch)> term, TimeProvider time, ILogger log)
    : ISnapshotSink, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, RouterLink> _links = new(StringComparer.Ordinal);
    private PushTarget? _target;
    private int _leftOut;

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public FleetState State
    {
        get
        {
            lock (_lock)
            {
                return new FleetState([.. _links.Values.Select(link => link.State)]) { LeftOut = _leftOut };
            }
        }
    }

    /// <summary>What every router should run; null before the first snapshot.</summary>
    public PushTarget? Target => Volatile.Read(ref _target);

    /// <summary>The epoch that pushes carry.</summary>
    public long Epoch => term().Epoch;

    /// <summary>Whether this replica leads.</summary>
    public bool IsLeader => term().IsLeader;

    /// <inheritdoc/>
    public void Offer(Snapshot snapshot, long sequence, long generation, ImmutableArray<KeyPair> keyPairs)
    {
        Volatile.Write(ref _target, new PushTarget(snapshot, sequence, generation) { KeyPairs = keyPairs });
        lock (_lock)
        {
            foreach (RouterLink link in _links.Values)
                link.Wake();
        }
    }

    /// <summary>
    /// Whether a router that has differed since that time may be pushed to by this replica.
    /// </summary>
    public bool MayPush(long differsSince) =>
        IsLeader || time.GetElapsedTime(differsSince).TotalMilliseconds >= PublishingLimits.StandbyMs;

    /// <summary>Takes the routers that there are now; others are let go of.</summary>
    public async Task UpdateAsync(ImmutableArray<RouterEndpoint> routers)
    {
        RouterEndpoint[] all =
        [
            .. routers.OrderBy(router => router.Name, StringComparer.Ordinal)
                .DistinctBy(router => router.Name),
        ];
        if (all.Length > PublishingLimits.RoutersMax)
            PublishingLog.TooMany(log, all.Length, PublishingLimits.RoutersMax);
        Dictionary<string, RouterEndpoint> wanted = all
            .Take(PublishingLimits.RoutersMax)
            .ToDictionary(router => router.Name, StringComparer.Ordinal);
        List<RouterLink> gone = [];
        lock (_lock)
        {
            _leftOut = all.Length - wanted.Count;
            foreach ((string name, RouterLink link) in _links.ToArray())
            {
                if (wanted.TryGetValue(name, out RouterEndpoint? same)
                    && same.Address == link.State.Endpoint.Address)
                    continue;
                _links.Remove(name);
                gone.Add(link);
                PublishingLog.Removed(log, name);
            }
            foreach ((string name, RouterEndpoint router) in wanted)
            {
                if (_links.TryGetValue(name, out RouterLink? link))
                {
                    link.Update(router);
                    continue;
                }
                PublishingLog.Added(log, name, router.Address.ToString());
                // Differs from router to router and from replica to replica, or all would try again together.
                Random random = new(name.GetHashCode(StringComparison.Ordinal));
                _links.Add(name, new RouterLink(this, router, access, time, random, log));
            }
        }
        OnChanged();
        foreach (RouterLink link in gone)
            await link.DisposeAsync();
    }

    /// <summary>Tells that the state of a router changed.</summary>
    public void OnChanged() => Changed?.Invoke();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        RouterLink[] links;
        lock (_lock)
        {
            links = [.. _links.Values];
            _links.Clear();
        }
        foreach (RouterLink link in links)
            await link.DisposeAsync();
    }
}
