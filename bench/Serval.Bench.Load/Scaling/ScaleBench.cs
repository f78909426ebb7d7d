using Serval.Bench.Load.Rivals;

namespace Serval.Bench.Load.Scaling;

/// <summary>
/// Every proxy at every size of every scale scenario: all sizes of one proxy run side by side and are
/// measured lap by lap, so that their ratios are of the same moments.
/// </summary>
internal sealed class ScaleBench(BenchPlan plan, ProxyRunner runner)
{
    public List<ScaleTable> RunAll()
    {
        List<ScaleTable> tables = [.. plan.Scales.Select(scenario => new ScaleTable(scenario,
            [.. plan.Proxies.SelectMany(proxy => scenario.Steps
                .Select(step => new ScaleRow(step, new Row(proxy))))]))];
        foreach (IReadOnlyList<ScaleRow> rows in tables.SelectMany(table =>
            table.Rows.GroupBy(row => row.Row.Proxy.Name)
                .Select(group => (IReadOnlyList<ScaleRow>)[.. group])))
        {
            RunSizes(rows);
        }

        return tables;
    }

    // A proxy that does not start at one size may start at another: each row speaks for itself.
    private void RunSizes(IReadOnlyList<ScaleRow> rows)
    {
        foreach (ScaleRow row in rows)
        {
            row.Row.Skipped = row.Row.Proxy.NotApplicable(row.Step.Load) ?? "";
        }

        IEnumerable<ScaleRow> possible = rows.Where(row => row.Row.Skipped.Length == 0);
        // Where nothing is carried, a start has one window, and it is starts that there can be many of.
        bool isStill = rows.All(row => row.Step.Load.IsStill);
        for (int round = 0; round < (isStill ? plan.Rounds : 1); round++)
        {
            runner.RunRound(
                [.. possible.Select(row => (row.Step.Load, row.Row))], round, isStill ? 1 : plan.ScaleLaps);
        }

        foreach (ScaleRow row in rows)
        {
            Console.Error.WriteLine($"{row.Row.Proxy.Name,-8} {row.Step.Value,7} {row.Row.LastLine}");
        }
    }
}
