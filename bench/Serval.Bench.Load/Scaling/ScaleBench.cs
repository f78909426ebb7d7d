using Serval.Bench.Load.Rivals;

namespace Serval.Bench.Load.Scaling;

/// <summary>Every proxy at every size of every scale scenario, for several rounds.</summary>
internal sealed class ScaleBench(BenchPlan plan, ProxyRunner runner)
{
    public List<ScaleTable> RunAll()
    {
        List<ScaleTable> tables = [.. plan.Scales.Select(scenario => new ScaleTable(scenario,
            [.. plan.Proxies.SelectMany(proxy => scenario.Steps
                .Select(step => new ScaleRow(step, new Row(proxy))))]))];
        for (int round = 0; round < plan.ScaleRounds; round++)
        {
            foreach (ScaleTable table in tables)
            {
                // A second round goes the other way, so that no size always follows the same one.
                foreach (ScaleRow row in round % 2 == 0 ? table.Rows : table.Rows.Reverse())
                {
                    RunOnce(row, round);
                }
            }
        }

        return tables;
    }

    // A proxy that does not start at one size may start at another: each row speaks for itself.
    private void RunOnce(ScaleRow row, int round)
    {
        if (row.Row.Skipped.Length > 0)
        {
            return;
        }

        row.Row.Skipped = row.Row.Proxy.NotApplicable(row.Step.Load) ?? "";
        if (row.Row.Skipped.Length == 0)
        {
            runner.TryMeasure(row.Step.Load, row.Row);
        }

        Console.Error.WriteLine(
            $"round {round + 1} {row.Row.Proxy.Name,-8} {row.Step.Value,7} {row.Row.LastLine}");
    }
}
