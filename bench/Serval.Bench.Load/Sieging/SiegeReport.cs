using System.Globalization;
using System.Text;

namespace Serval.Bench.Load.Sieging;

/// <summary>The table of the sieges.</summary>
internal static class SiegeReport
{
    public static string Text(IReadOnlyList<SiegeRow> rows, IEnumerable<string> machine)
    {
        StringBuilder text = new("# Sieges\n\n");
        foreach (string line in machine)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {line}\n");
        }

        text.Append("\nOne worker, one stranger who makes 500 requests a second on new connections: before ")
            .Append("the besiegers come, and beside them. Each second has a p99 of its own, and the ratio ")
            .Append("is that of the median seconds: a short pause of the machine does not change it. ")
            .Append("Windows under three seconds are taken whole.\n\n");
        foreach (SiegeKind kind in rows.Select(row => row.Kind).Distinct())
        {
            int count = rows.First(row => row.Kind == kind).Besiegers;
            text.Append(CultureInfo.InvariantCulture,
                $"- **{kind.Name}**: {count} {kind.Description}\n");
        }

        text.Append("\n| siege | proxy | requests | failed | p50 µs before | during | p99 µs before ")
            .Append("| during | median second before | during | ratio | besiegers kept | proxy busy % ")
            .Append("| resident MiB | remarks |\n")
            .Append("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|\n");
        foreach (SiegeRow row in rows)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {row.Kind.Name} | {row.Proxy} | {Figures(row)} |\n");
        }

        return text.ToString();
    }

    /// <summary>One row for somebody who waits.</summary>
    public static string Line(SiegeRow row) => $"{row.Kind.Name,-10} {row.Proxy,-8} {Figures(row)}";

    private static string Figures(SiegeRow row) => row is { Before: { } before, During: { } during }
        ? string.Create(CultureInfo.InvariantCulture,
            $"{during.Requests} | {during.FaultCount} | {before.P50Us:F0} | {during.P50Us:F0} | "
            + $"{before.P99Us:F0} | {during.P99Us:F0} | "
            + $"{SiegeRow.Slowest(before):F0} | {SiegeRow.Slowest(during):F0} | {row.P99Ratio:F2} | "
            + $"{row.Kept} | {100 * during.ProxyBusyShare:F0} | {during.ResidentMiB:F0} | {Remarks(row)}")
        : $"| | | | | | | | | | | | {row.Remark}";

    private static string Remarks(SiegeRow row)
    {
        IEnumerable<string> remarks =
        [
            row.Before!.FaultCount > 0 ? $"before: {row.Before.Faults}" : "",
            row.During!.FaultCount > 0 ? $"during: {row.During.Faults}" : "",
            row.Remark,
        ];
        return string.Join("; ", remarks.Where(remark => remark.Length > 0));
    }
}
