namespace Serval.DataPlane.Accounting;

/// <summary>
/// Gives names metric series that stay the same from one snapshot to the next. Names beyond the bound share
/// the last series, <c>_other</c>. A name keeps its series for the life of the process, as counters must.
/// Owner: the publisher; names are read by the metrics page under its lock.
/// </summary>
internal sealed class SeriesRegistry(int bound)
{
    private readonly Dictionary<string, int> _series = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>Names with a series of their own, by series.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The series of a name.</summary>
    public int Of(string name)
    {
        if (_series.TryGetValue(name, out int series)) return series;
        if (_names.Count == bound) return bound;
        series = _names.Count;
        _names.Add(name);
        _series[name] = series;
        return series;
    }
}
