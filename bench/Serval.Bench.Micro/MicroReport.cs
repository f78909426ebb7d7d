using System.Globalization;
using System.Text;
using BenchmarkDotNet.Reports;

namespace Serval.Bench.Micro;

/// <summary>The tables of bench/results/DATE-COMMIT-micro.md: one for each class of benchmarks.</summary>
internal static class MicroReport
{
    public static string Text(IEnumerable<Summary> summaries, IEnumerable<string> machine, string[] args)
    {
        StringBuilder text = new("# Micro benchmarks\n\n");
        foreach (string line in machine)
            text.Append(CultureInfo.InvariantCulture, $"- {line}\n");
        text.Append(CultureInfo.InvariantCulture, $"- `make micro ARGS=\"{string.Join(' ', args)}\"`\n");
        text.Append("\nTime per operation: the mean with the standard deviation of the iterations. ")
            .Append("*allocated* is managed memory.\n");
        foreach (Summary summary in summaries.Where(summary => !summary.Reports.IsEmpty))
        {
            string type = summary.Reports[0].BenchmarkCase.Descriptor.Type.Name;
            text.Append(CultureInfo.InvariantCulture, $"\n## {type}\n\n")
                .Append("| benchmark | of | mean | ± | allocated |\n|---|---|---:|---:|---:|\n");
            foreach (BenchmarkReport report in summary.Reports)
                text.Append(Row(report));
        }

        return text.ToString();
    }

    /// <summary>A time with the unit that suits it.</summary>
    internal static string Time(double nanoseconds) => nanoseconds switch
    {
        < 10_000 => FormattableString.Invariant($"{nanoseconds:F1} ns"),
        < 10_000_000 => FormattableString.Invariant($"{nanoseconds / 1e3:F1} µs"),
        _ => FormattableString.Invariant($"{nanoseconds / 1e6:F1} ms"),
    };

    /// <summary>A count of bytes with the unit that suits it.</summary>
    internal static string Size(long? bytes) => bytes switch
    {
        null => "unknown",
        < 10 * 1024 => FormattableString.Invariant($"{bytes} B"),
        < 10 * 1024 * 1024 => FormattableString.Invariant($"{bytes / 1024.0:F1} KiB"),
        _ => FormattableString.Invariant($"{bytes / 1048576.0:F1} MiB"),
    };

    private static string Row(BenchmarkReport report)
    {
        string name = report.BenchmarkCase.Descriptor.WorkloadMethod.Name.Replace('_', ' ');
        string of = string.Join(", ", report.BenchmarkCase.Parameters.Items.Select(item =>
            string.Create(CultureInfo.InvariantCulture, $"{item.Value:#,0} {item.Name}")));
        if (!report.Success || report.ResultStatistics is null)
            return $"| {name} | {of} | FAILED | | |\n";
        string size = Size(report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase));
        return $"| {name} | {of} | {Time(report.ResultStatistics.Mean)} "
            + $"| {Time(report.ResultStatistics.StandardDeviation)} | {size} |\n";
    }
}
