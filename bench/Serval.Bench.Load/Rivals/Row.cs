using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Reporting;

namespace Serval.Bench.Load.Rivals;

/// <summary>All runs of one proxy in one scenario, or why there are none.</summary>
internal sealed class Row(ProxyRecipe proxy)
{
    public ProxyRecipe Proxy { get; } = proxy;

    public List<RunResult> Runs { get; } = [];

    /// <summary>Why it was skipped; empty when it was not.</summary>
    public string Skipped { get; set; } = "";

    /// <summary>Headers that the others add and this one did not.</summary>
    public string MissingHeaders { get; set; } = "";

    /// <summary>The last window, or why there was none, for people who watch.</summary>
    public string LastLine => Skipped.Length > 0 || Runs.Count == 0 ? Skipped : ResultText.Line(Runs[^1]);

    /// <summary>Median over all laps; not a number when there were none.</summary>
    public double Median(Func<RunResult, double> figure) => MedianOf(Runs.Select(figure));

    /// <summary>The least over all laps; not a number when there were none.</summary>
    public double Least(Func<RunResult, double> figure) =>
        Runs.Select(figure).DefaultIfEmpty(double.NaN).Min();

    /// <summary>
    /// Median of the ratios to <paramref name="other"/> in the same lap; not a number when they share none.
    /// </summary>
    public double Ratio(Row other, Func<RunResult, double> figure)
    {
        Dictionary<int, double> others = other.Runs.ToDictionary(run => run.Lap, figure);
        return MedianOf(Runs.Where(run => others.ContainsKey(run.Lap))
            .Select(run => figure(run) / others[run.Lap]));
    }

    private static double MedianOf(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return sorted.Length switch
        {
            0 => double.NaN,
            int n when n % 2 == 1 => sorted[n / 2],
            int n => (sorted[(n / 2) - 1] + sorted[n / 2]) / 2,
        };
    }
}
