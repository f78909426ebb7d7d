using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes;
using Serval.Control.Publishing;

namespace Serval.Control.Reporting;

/// <summary>
/// What every object's status should say now, from the last translation and the routers' answers. Thread:
/// any.
/// </summary>
internal sealed class StatusDesk(
    Func<FleetState> fleet, Func<ImmutableArray<string>> addresses, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, (long Sequence, long SinceAt)> _changed = [];

    // Asked for with every push, so routes are not gone through for it.
    private readonly HashSet<ObjectKey> _ofRouters = [];
    private StatusReport _report = new();
    private ImmutableArray<Listener> _listeners = [];

    /// <summary>Objects whose status depends on the routers.</summary>
    public ImmutableArray<ObjectKey> OfRouters
    {
        get
        {
            lock (_lock)
                return [.. _ofRouters];
        }
    }

    /// <summary>Takes a translation; it is pushed as the snapshot of that sequence.</summary>
    public void Take(Translation translation, long sequence)
    {
        lock (_lock)
        {
            _report = translation.Status;
            _listeners = translation.Snapshot.Listeners;
            foreach (ObjectKey key in translation.StatusChanges)
                TakeChange(key, sequence);
        }
    }

    /// <summary>What an object should say.</summary>
    public WantedStatus Find(ObjectKey key)
    {
        ObjectStatus? status;
        long sequence;
        long since;
        ImmutableArray<Listener> listeners;
        lock (_lock)
        {
            if (!_report.Objects.TryGetValue(key, out status))
                return new WantedStatus(null, 0);
            (sequence, since) = _changed.GetValueOrDefault(key);
            listeners = _listeners;
        }
        if (!DependsOnRouters(status))
            return new WantedStatus(status, 0);
        double leftMs = ReportingLimits.AcknowledgeMs - time.GetElapsedTime(since).TotalMilliseconds;
        Programming programming = new(fleet(), listeners, addresses());
        return programming.Apply(status, sequence, isLate: leftMs <= 0) is { } answered
            ? new WantedStatus(answered, 0)
            : new WantedStatus(null, (int)Math.Ceiling(leftMs));
    }

    // Under the lock.
    private void TakeChange(ObjectKey key, long sequence)
    {
        if (!_report.Objects.TryGetValue(key, out ObjectStatus? status))
        {
            _changed.Remove(key);
            _ofRouters.Remove(key);
            return;
        }
        _changed[key] = (sequence, time.GetTimestamp());
        if (DependsOnRouters(status))
            _ofRouters.Add(key);
    }

    private static bool DependsOnRouters(ObjectStatus status) => status is GatewayStatus or ListenerSetStatus;
}
