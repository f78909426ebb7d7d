using Prometheus;

namespace Serval.VppBridge.Serving;

/// <summary>
/// Values under their labels. A series that is not told of any more is removed. Owner: one update at a time.
/// </summary>
internal sealed class GaugeFamily(Gauge gauge)
{
    /// <summary>Shows these values and no others.</summary>
    public void Show(IEnumerable<(string[] Labels, double Value)> series)
    {
        ShownSeries shown = new();
        foreach ((string[] labels, double value) in series)
        {
            gauge.WithLabels(labels).Set(value);
            shown.Add(labels);
        }

        shown.RemoveOthers(gauge);
    }
}
