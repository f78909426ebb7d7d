using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;
using Serval.Bench.Load.Reporting;

namespace Serval.Bench.Load.Rivals;

/// <summary><c>bench</c>: every proxy in every scenario, one after the other, for several rounds.</summary>
internal sealed class BenchVerb(BenchPlan plan, EventLoop loop, Origin origin)
{
    private const double SettleSeconds = 10;
    private const double RateShare = 0.7;

    private readonly SortedDictionary<string, string> _commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _failedToStart = new(StringComparer.Ordinal);
    private int _rate;

    public static int Run(string[] args)
    {
        string root = RepositoryRoot.Find();
        BenchPlan plan = BenchPlan.From(args, root);
        Affinity.PinProcess(plan.GeneratorCpu);
        using EventLoop loop = new();
        Origin origin = new(loop, new Faults(), 0);
        BenchVerb verb = new(plan, loop, origin);
        List<Table> tables = verb.RunAll();

        string report = Report.Text(tables, Machine.Describe(root, plan), verb._commands, args);
        Console.WriteLine(report);
        Console.WriteLine($"written to {Report.Write(report, plan.ResultsDirectory, Machine.Commit(root))}");
        IEnumerable<RunResult> runs = tables.SelectMany(table => table.Rows).SelectMany(row => row.Runs);
        return runs.Any(run => run.Faults.Length > 0) ? 1 : 0;
    }

    private List<Table> RunAll()
    {
        List<Table> tables = [.. plan.Scenarios.Select(scenario =>
            new Table(scenario, [.. plan.Proxies.Select(proxy => new Row(proxy))]))];
        for (int round = 0; round < plan.Rounds; round++)
        {
            foreach ((Scenario scenario, IReadOnlyList<Row> rows) in tables)
            {
                if (scenario.RateFromRivals && _rate == 0)
                {
                    _rate = RateOf(tables[0].Rows);
                }

                // Each round starts with another proxy, so that none always follows the same one.
                for (int i = 0; i < rows.Count; i++)
                {
                    RunOnce(scenario with { RatePerSecond = scenario.RateFromRivals ? _rate : 0 },
                        rows[(i + round) % rows.Count], round);
                }
            }
        }

        return tables;
    }

    private void RunOnce(Scenario scenario, Row row, int round)
    {
        string name = row.Proxy.Name;
        row.Skipped = row.Proxy.NotApplicable(scenario) ?? _failedToStart.GetValueOrDefault(name, "");
        if (row.Skipped.Length == 0 && !File.Exists(row.Proxy.Program))
        {
            row.Skipped = _failedToStart[name] = $"skipped: {row.Proxy.Program} is not there";
        }

        if (row.Skipped.Length == 0)
        {
            Measure(scenario, row);
        }

        string line = row.Skipped.Length > 0 ? row.Skipped : ResultText.Line(row.Runs[^1]);
        Console.Error.WriteLine($"round {round + 1} {name,-8} {line}");
    }

    private void Measure(Scenario scenario, Row row)
    {
        ProxyPlace place = ProxyPlace.Create(origin.Port, plan.ProxyCpu);
        using RunningProxy proxy = new(row.Proxy, place);
        _commands[row.Proxy.Name] = proxy.Command;
        ClientPlan clients = ClientPlan.For(scenario, new SocketAddress4(0x7f000001, place.Port));
        Probe probe = new(loop, clients);
        if (!probe.TrySettle(SettleSeconds, () => proxy.IsAlive))
        {
            string why = proxy.IsAlive ? probe.LastFault : "ended";
            row.Skipped = $"skipped: did not start ({why}): {proxy.LastLine}";
            _failedToStart[row.Proxy.Name] = row.Skipped;
            return;
        }

        ForwardedHeaders missing = ForwardedHeaders.All & ~origin.LastForwarded;
        row.MissingHeaders = row.Proxy.IsBare || missing == ForwardedHeaders.None ? "" : $"adds no {missing}";
        origin.Faults.Clear();
        RunResult result = new Driver(loop, scenario, origin.Faults, clients).Run(proxy.Family(), origin);
        row.Runs.Add(proxy.IsAlive
            ? result
            : result with { Faults = $"the proxy ended: {proxy.LastLine}; {result.Faults}" });
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
