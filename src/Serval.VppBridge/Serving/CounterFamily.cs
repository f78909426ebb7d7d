using Prometheus;

namespace Serval.VppBridge.Serving;

/// <summary>
/// Counters that VPP keeps, mirrored under their labels. A series that is not told of any more is removed, so
/// that nothing of a VPP that went away stays; one that went back, as those of a restarted VPP do, begins
/// anew. Owner: one update at a time.
/// </summary>
internal sealed class CounterFamily(Counter counter)
{
    /// <summary>Shows these values and no others.</summary>
    public void Show(IEnumerable<(string[] Labels, ulong Value)> series)
    {
        ShownSeries shown = new();
        foreach ((string[] labels, ulong value) in series)
        {
            if (counter.WithLabels(labels).Value > value)
                counter.RemoveLabelled(labels);
            counter.WithLabels(labels).IncTo(value);
            shown.Add(labels);
        }

        shown.RemoveOthers(counter);
    }
}
