using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Reporting;
using Serval.Bench.Load.Scaling;

namespace Serval.Bench.Load.Rivals;

/// <summary><c>bench</c>: every proxy in every scenario, lap by lap, for several rounds.</summary>
internal sealed class BenchVerb(BenchPlan plan, ProxyRunner runner)
{
    private const double RateShare = 0.7;

    private readonly Dictionary<string, string> _failedToStart = new(StringComparer.Ordinal);

    public static int Run(string[] args)
    {
        string root = RepositoryRoot.Find();
        BenchPlan plan = BenchPlan.From(args, root);
        Affinity.PinProcess(plan.GeneratorCpu);
        using EventLoop loop = new();
        ProxyRunner runner = new(plan, loop);
        List<Table> tables = new BenchVerb(plan, runner).RunAll();
        List<ScaleTable> scales = new ScaleBench(plan, runner).RunAll();

        string report = Report.Text(tables, scales, Machine.Describe(root, plan), runner.Commands, args);
        Console.WriteLine(report);
        Console.WriteLine($"written to {Report.Write(report, plan.ResultsDirectory, Machine.Commit(root))}");
        IEnumerable<Row> rows = tables.SelectMany(table => table.Rows)
            .Concat(scales.SelectMany(table => table.Rows).Select(row => row.Row));
        return rows.SelectMany(row => row.Runs).Any(run => run.Faults.Length > 0) ? 1 : 0;
    }

    private List<Table> RunAll()
    {
        List<Table> tables = [.. plan.Scenarios.Select(scenario =>
            new Table(scenario, [.. plan.Proxies.Select(proxy => new Row(proxy))]))];
        foreach ((Scenario scenario, IReadOnlyList<Row> rows) in tables)
        {
            // What a rate is taken from has run before.
            int rate = scenario.RateFromRivals ? RateOf(tables[0].Rows) : 0;
            for (int round = 0; round < plan.Rounds; round++)
            {
                RunRound(scenario with { RatePerSecond = rate }, rows, round);
            }
        }

        return tables;
    }

    private void RunRound(Scenario scenario, IReadOnlyList<Row> rows, int round)
    {
        foreach (Row row in rows)
        {
            string name = row.Proxy.Name;
            row.Skipped = row.Proxy.NotApplicable(scenario) ?? _failedToStart.GetValueOrDefault(name, "");
        }

        runner.RunRound([.. rows.Where(row => row.Skipped.Length == 0).Select(row => (scenario, row))], round,
            plan.Laps);
        foreach (Row row in rows)
        {
            if (row.Skipped.StartsWith("skipped", StringComparison.Ordinal))
            {
                _failedToStart[row.Proxy.Name] = row.Skipped;
            }

            Console.Error.WriteLine($"round {round + 1} {row.Proxy.Name,-8} {row.LastLine}");
        }
    }

    private static int RateOf(IReadOnlyList<Row> rows)
    {
        List<Row> measured = [.. rows.Where(row => row.Runs.Count > 0)];
        List<Row> rivals = [.. measured.Where(row => row.Proxy.IsRival)];
        double slowest = (rivals.Count > 0 ? rivals : measured)
            .Select(row => row.Median(run => run.RequestsPerSecond)).DefaultIfEmpty(10_000).Min();
        return Math.Max(1, (int)(RateShare * slowest));
    }
}
