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
    private StatusReport _report = new();
    private ImmutableArray<Listener> _listeners = [];

    /// <summary>Objects whose status depends on the routers.</summary>
    public ImmutableArray<ObjectKey> OfRouters
    {
        get
        {
            lock (_lock)
                return [.. _report.Objects.Values.Where(DependsOnRouters).Select(status => status.Key)];
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
                _changed[key] = (sequence, time.GetTimestamp());
            foreach (ObjectKey gone in translation.StatusChanges.Where(key =>
                !_report.Objects.ContainsKey(key)))
                _changed.Remove(gone);
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

    private static bool DependsOnRouters(ObjectStatus status) => status is GatewayStatus or ListenerSetStatus;
}
