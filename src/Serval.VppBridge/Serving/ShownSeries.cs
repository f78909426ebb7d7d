using Prometheus;

namespace Serval.VppBridge.Serving;

/// <summary>The labels that one update told of.</summary>
internal sealed class ShownSeries
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    public void Add(string[] labels) => _keys.Add(Key(labels));

    /// <summary>Removes the series of a metric that were not told of.</summary>
    public void RemoveOthers<TChild>(Collector<TChild> metric)
        where TChild : ChildBase
    {
        foreach (string[] labels in metric.GetAllLabelValues().ToArray())
        {
            if (!_keys.Contains(Key(labels)))
                metric.RemoveLabelled(labels);
        }
    }

    private static string Key(string[] labels) => string.Join('\0', labels);
}
