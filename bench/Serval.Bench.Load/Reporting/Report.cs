using System.Globalization;
using System.Text;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Rivals;
using Serval.Bench.Load.Scaling;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Reporting;

/// <summary>
/// The tables: one per scenario, medians over the laps, each figure beside the better rival's.
/// </summary>
internal static class Report
{
    public static string Text(IEnumerable<Table> tables, IEnumerable<ScaleTable> scales,
        IEnumerable<string> machine,
        IReadOnlyDictionary<string, string> commands, string[] args)
    {
        StringBuilder text = new("# Benchmark\n\n");
        foreach (string line in machine)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {line}\n");
        }

        text.Append("\nMedians over all laps; a lap is one window of each proxy in turn. *processor* is the ")
            .Append("proxy's time on its core for one request, from schedstat. In brackets: the median of ")
            .Append("the ratios to the best of nginx, HAProxy and, if it was given, the earlier build in ")
            .Append("the same lap.\n");
        foreach (Table table in tables)
        {
            Append(text, table);
        }

        foreach (ScaleTable table in scales)
        {
            ScaleReport.Append(text, table);
        }

        text.Append("\n## Commands\n\n```\n")
            .Append(CultureInfo.InvariantCulture, $"bench/run.sh {string.Join(' ', args)}\n");
        foreach (string command in commands.Values)
        {
            text.Append(command).Append('\n');
        }

        // Paths are relative to the repository, where bench/run.sh runs.
        return text.Append("```\n").Replace(RepositoryRoot.Find() + "/", "").ToString();
    }

    /// <summary>Writes DATE-COMMIT.md and returns its path.</summary>
    public static string Write(string report, string directory, string commit)
    {
        Directory.CreateDirectory(directory);
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string path = Path.Combine(directory, $"{date}-{commit}.md");
        File.WriteAllText(path, report);
        return path;
    }

    private static void Append(StringBuilder text, Table table)
    {
        IReadOnlyList<Row> rows = table.Rows;
        text.Append(CultureInfo.InvariantCulture, $"\n## {table.Scenario.Name}\n\n{Describe(table)}\n\n")
            .Append("| proxy | requests/s | processor µs | p50 µs | p99 µs | p99.9 µs | peak MiB ")
            .Append("| remarks |\n")
            .Append("|---|---:|---:|---:|---:|---:|---:|---|\n");
        foreach (Row row in rows)
        {
            if (row.Runs.Count == 0)
            {
                text.Append($"| {row.Proxy.Name} | | | | | | | {row.Skipped} |\n");
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"| {row.Proxy.Name}")
                .Append(Cell(row, rows, run => run.RequestsPerSecond, "F0", isMoreBetter: true))
                .Append(Cell(row, rows, run => run.ProcessorUs, "F2"))
                .Append(Cell(row, rows, run => run.P50Us, "F0"))
                .Append(Cell(row, rows, run => run.P99Us, "F0"))
                .Append(Cell(row, rows, run => run.P999Us, "F0"))
                .Append(Cell(row, rows, run => run.PeakMiB, "F1"))
                .Append(CultureInfo.InvariantCulture, $" | {Remarks(row)} |\n");
        }
    }

    private static string Describe(Table table)
    {
        Scenario scenario = table.Scenario;
        int rate = table.Rows.SelectMany(row => row.Runs).Select(run => run.AskedPerSecond).FirstOrDefault();
        string tls = scenario.Tls switch
        {
            TlsUse.Terminated => $" over TLS 1.3 ({TlsClients.Cipher}, {TlsClients.Group}, ECDSA P-256)",
            TlsUse.Resumed => $" over TLS 1.3, each resumed ({TlsClients.Cipher}, {TlsClients.Group})",
            TlsUse.PassedThrough => " passed through by server name",
            _ => "",
        };
        string loop = scenario.ClosesConnections ? "a new connection for every request"
            : scenario.RateFromRivals ? $"{rate} requests/s, latency from the intended start"
            : "closed loop, keep-alive";
        string upload = scenario.UploadBytes > 0 ? $", {scenario.UploadBytes} bytes up" : "";
        string idle = scenario.IdleConnections > 0 ? $" beside {scenario.IdleConnections} idle ones" : "";
        return $"{scenario.Connections} connections{idle}{tls}, {loop}, "
            + $"{scenario.BodyBytes} bytes down{upload}, "
            + $"{scenario.Seconds.ToString(CultureInfo.InvariantCulture)} s windows.";
    }

    // The better rival is the one with the better median; the ratio is the median over the laps.
    private static string Cell(Row row, IReadOnlyList<Row> rows, Func<RunResult, double> figure,
        string format, bool isMoreBetter = false)
    {
        IEnumerable<Row> rivals = rows.Where(other => other.Proxy.IsRival && other.Runs.Count > 0);
        Row? better = isMoreBetter
            ? rivals.MaxBy(other => other.Median(figure))
            : rivals.MinBy(other => other.Median(figure));
        double ratio = better is null ? double.NaN : row.Ratio(better, figure);
        string shown = row.Median(figure).ToString(format, CultureInfo.InvariantCulture);
        return double.IsFinite(ratio)
            ? string.Create(CultureInfo.InvariantCulture, $" | {shown} ({ratio:F2})")
            : $" | {shown}";
    }

    /// <summary>What a reader of the row must know.</summary>
    internal static string Remarks(Row row)
    {
        IEnumerable<string> remarks = row.Runs.Select(ResultText.Remarks).Where(remark => remark.Length > 0)
            .GroupBy(remark => remark, StringComparer.Ordinal)
            .Select(group => $"{group.Key.Trim()} in {group.Count()} of {row.Runs.Count}");
        return string.Join("; ",
            remarks.Append(row.MissingHeaders).Append(row.Skipped).Where(part => part.Length > 0));
    }
}
