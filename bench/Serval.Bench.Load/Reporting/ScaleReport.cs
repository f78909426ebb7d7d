using System.Globalization;
using System.Text;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Rivals;
using Serval.Bench.Load.Scaling;

namespace Serval.Bench.Load.Reporting;

/// <summary>
/// The table of a scale scenario; ratios in brackets are to the first row of the same proxy.
/// </summary>
internal static class ScaleReport
{
    private const int LoadFigures = 6;
    private const int MemoryFigures = 8;

    public static void Append(StringBuilder text, ScaleTable table)
    {
        ScaleScenario scenario = table.Scenario;
        string columns = scenario.IsOfMemory
            ? "first answer ms | peak MiB | resident MiB | anonymous MiB | file MiB | shared MiB "
                + "| above first MiB | goal MiB"
            : "requests/s | processor µs | p50 µs | p99 µs | upstream open | opened in window";
        text.Append(CultureInfo.InvariantCulture, $"\n## {scenario.Name}\n\n{scenario.Description}")
            .Append(CultureInfo.InvariantCulture, $" {Windows(scenario)} Figures are compared with ")
            .Append("the first row of the same proxy.\n\n| proxy | ")
            .Append(CultureInfo.InvariantCulture, $"{scenario.Unit} | {columns} | errors | remarks |\n")
            .Append("|---|---:|").Append(Repeated("---:|", Figures(scenario))).Append("---:|---|\n");
        foreach (ScaleRow row in table.Rows.Where(row => !IsSaidBefore(table, row)))
        {
            string value = IsWithoutAny(table, row) ? "all" : row.Step.Value;
            string figures = row.Row.Runs.Count == 0 ? Repeated(" |", Figures(scenario) + 1)
                : scenario.IsOfMemory ? Memory(row, table.First(row))
                : Load(row, table.First(row));
            text.Append(CultureInfo.InvariantCulture,
                $"| {row.Row.Proxy.Name} | {value}{figures} | {Remarks(row)} |\n");
        }
    }

    private static int Figures(ScaleScenario scenario) =>
        scenario.IsOfMemory ? MemoryFigures : LoadFigures;

    private static string Repeated(string cell, int times) =>
        string.Concat(Enumerable.Repeat(cell, times));

    // A proxy that has no figures at any size, for one reason, gets one row.
    private static bool IsWithoutAny(ScaleTable table, ScaleRow row) => table.Rows
        .Where(other => other.Row.Proxy.Name == row.Row.Proxy.Name)
        .All(other => other.Row.Runs.Count == 0 && other.Row.Skipped == row.Row.Skipped);

    private static bool IsSaidBefore(ScaleTable table, ScaleRow row) =>
        IsWithoutAny(table, row) && !ReferenceEquals(table.First(row), row);

    private static string Windows(ScaleScenario scenario)
    {
        IEnumerable<string> lengths = scenario.Steps.Select(step => step.Load.Seconds).Distinct()
            .Select(seconds => seconds.ToString(CultureInfo.InvariantCulture));
        return $"{string.Join(" and ", lengths)} s windows.";
    }

    private static string Load(ScaleRow row, ScaleRow first) =>
        Cell(row.Row, run => run.RequestsPerSecond, "F0")
        + Cell(row.Row, run => run.ProcessorUs, "F2", first)
        + Cell(row.Row, run => run.P50Us, "F0")
        + Cell(row.Row, run => run.P99Us, "F0", first)
        + Cell(row.Row, run => run.UpstreamOpen, "F0")
        + Cell(row.Row, run => run.UpstreamOpened, "F0")
        + Errors(row);

    private static string Memory(ScaleRow row, ScaleRow first)
    {
        double above = row.Row.Median(run => run.ResidentMiB) - first.Row.Median(run => run.ResidentMiB);
        string shown = double.IsFinite(above) ? above.ToString("F1", CultureInfo.InvariantCulture) : "";
        return string.Create(
                CultureInfo.InvariantCulture, $" | {row.Row.Least(run => run.FirstAnswerMs):F0}")
            + Cell(row.Row, run => run.PeakMiB, "F1")
            + Cell(row.Row, run => run.ResidentMiB, "F1")
            + Cell(row.Row, run => run.AnonymousMiB, "F1")
            + Cell(row.Row, run => run.FileMiB, "F1")
            + Cell(row.Row, run => run.SharedMiB, "F1")
            + $" | {shown} | {Goal(row, above)}{Errors(row)}";
    }

    // What the goal is about is Serval; the others stand there for comparison.
    private static string Goal(ScaleRow row, double above)
    {
        if (row.Row.Proxy.IsRival || row.Row.Proxy.IsBare || row.Step.GoalMiB <= 0)
        {
            return "";
        }

        double value = row.Step.IsGoalAboveFirst ? above : row.Row.Median(run => run.ResidentMiB);
        string sign = row.Step.IsGoalAboveFirst ? "+" : "";
        string verdict = value <= row.Step.GoalMiB ? "met" : "MISSED";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{row.Step.GoalMiB:F0} {verdict}");
    }

    private static string Errors(ScaleRow row) => string.Create(CultureInfo.InvariantCulture,
        $" | {row.Row.Runs.Sum(run => run.FaultCount)}");

    private static string Cell(Row row, Func<RunResult, double> figure, string format, ScaleRow? first = null)
    {
        double value = row.Median(figure);
        double ratio = first is null ? double.NaN : row.Ratio(first.Row, figure);
        string shown = value.ToString(format, CultureInfo.InvariantCulture);
        return double.IsFinite(ratio)
            ? string.Create(CultureInfo.InvariantCulture, $" | {shown} ({ratio:F2})")
            : $" | {shown}";
    }

    private static string Remarks(ScaleRow row)
    {
        int made = row.Row.Runs.Sum(run => run.ChangesMade);
        int live = row.Row.Runs.Sum(run => run.ChangesLive);
        string changes = made > 0 ? $"{made} changes, {live} live" : "";
        string others = Report.Remarks(row.Row);
        return string.Join("; ", new[] { changes, others }.Where(part => part.Length > 0));
    }
}
