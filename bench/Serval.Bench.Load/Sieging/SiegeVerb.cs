using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Reporting;
using Serval.Bench.Load.Rivals;

namespace Serval.Bench.Load.Sieging;

/// <summary>
/// <c>siege</c>: each proxy under each siege, one after the other, with one stranger who asks for a small
/// page on new connections. The exit status says whether Serval answered all of the stranger's requests.
/// </summary>
internal sealed class SiegeVerb(SiegePlan plan, EventLoop loop)
{
    private const double ComingSecondsMax = 30;
    private const double SettlingSeconds = 1;

    // The stranger and the service leave the core to the besiegers for so long when they have nothing to do.
    private const int SleepUs = 50;
    private const string Judged = "serval";

    // Few enough to leave the generator time for the besiegers, enough for a p99.
    private static readonly Scenario Stranger = new("stranger")
    {
        Connections = 64,
        RatePerSecond = 500,
        ClosesConnections = true,
        MayFallBehind = true,
        WarmUpSeconds = 0.5,
    };

    public static int Run(string[] args)
    {
        string root = RepositoryRoot.Find();
        SiegePlan plan = SiegePlan.From(args, root);
        Affinity.PinProcess(plan.GeneratorCpu);
        if (!Priority.TryPutFirst())
        {
            Console.Error.WriteLine(
                "The besiegers delay the stranger: putting it before them needs CAP_SYS_NICE.");
        }

        using EventLoop loop = new() { SleepUs = SleepUs };
        SiegeVerb verb = new(plan, loop);
        List<SiegeRow> rows = [];
        foreach (SiegeKind kind in plan.Kinds)
        {
            foreach (ProxyRecipe proxy in plan.Proxies)
            {
                rows.Add(verb.Play(kind, proxy));
                Console.Error.WriteLine(SiegeReport.Line(rows[^1]));
            }
        }

        Console.WriteLine(SiegeReport.Text(rows, Machine.Basics(root)));
        return rows.All(row => row.Proxy != Judged || row.HasHeld) ? 0 : 1;
    }

    private SiegeRow Play(SiegeKind kind, ProxyRecipe recipe)
    {
        int count = Math.Max(1, (int)(kind.Count * plan.Share));
        SiegeRow empty = new(recipe.Name, kind, null, null, count, "", "");
        if (!File.Exists(recipe.Program))
        {
            return empty with { Remark = $"skipped: {recipe.Program} is not there" };
        }

        return kind.Broken is { } broken
            ? PlayBroken(broken, recipe, empty)
            : PlayPeers(count, recipe, empty);
    }

    private SiegeRow PlayPeers(int count, ProxyRecipe recipe, SiegeRow empty) =>
        With(recipe, Stranger with { Endpoints = empty.Kind.Endpoints }, empty,
            (proxy, origin, clients, target) =>
        {
            RunResult before = Ask(clients, proxy, origin);
            using Siege siege = new(empty.Kind, count, target);
            Gather(siege);
            RunResult during = Ask(clients, proxy, origin);
            int open = siege.End();
            return empty with
            {
                Before = before,
                During = during,
                Kept = $"{open} of {count}",
                Lost = count - open,
            };
        });

    // The proxy starts twice: endpoints that are known from the start are the harder case.
    private SiegeRow PlayBroken(BrokenEndpointKind broken, ProxyRecipe recipe, SiegeRow empty)
    {
        SiegeRow whole = With(recipe, Stranger, empty, (proxy, origin, clients, _) =>
            empty with { Before = Ask(clients, proxy, origin) });
        return whole.Before is null
            ? whole
            : With(recipe, Stranger with { HasBrokenEndpoint = true }, whole, (proxy, origin, clients, _) =>
            {
                using BrokenEndpoint endpoint = new(broken, origin.Port);
                RunResult during = Ask(clients, proxy, origin);
                string remark = $"{origin.Accepted} connections to the good one";
                return whole with { During = during, Remark = remark };
            });
    }

    private SiegeRow With(ProxyRecipe recipe, Scenario scenario, SiegeRow empty,
        Func<RunningProxy, Origin, ClientPlan, SocketAddress4, SiegeRow> play)
    {
        Origin origin = new(loop, new Faults(), 0, scenario.Endpoints > 1) { SendBufferBytes = 256 * 1024 };
        ProxyPlace place = ProxyPlace.Create(origin.Port, plan.ProxyCpu);
        using RunningProxy proxy = new(recipe, place, scenario);
        SocketAddress4 target = new(0x7f000001, place.Port);
        ClientPlan clients = ClientPlan.For(scenario, target);
        try
        {
            if (!new Probe(loop, clients).TrySettle(scenario.SettleSeconds, () => proxy.IsAlive))
            {
                return empty with { Remark = $"skipped: did not start: {proxy.LastLine}" };
            }

            SiegeRow row = play(proxy, origin, clients, target);
            return proxy.IsAlive ? row : row with { Remark = $"the proxy ended: {proxy.LastLine}" };
        }
        finally
        {
            origin.Stop();
        }
    }

    // Until all have come and what they ask for is under way.
    private void Gather(Siege siege)
    {
        long end = loop.NowNs + (long)(ComingSecondsMax * 1e9);
        while (!siege.IsComplete && loop.NowNs < end)
        {
            loop.Turn();
        }

        end = loop.NowNs + (long)(SettlingSeconds * 1e9);
        while (loop.NowNs < end)
        {
            loop.Turn();
        }
    }

    private RunResult Ask(ClientPlan clients, RunningProxy proxy, Origin origin) =>
        new Driver(loop, Stranger with { Seconds = plan.Seconds }, new Faults(), clients)
            .Run(proxy.Family(), origin);
}
