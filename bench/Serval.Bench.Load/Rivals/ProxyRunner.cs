using System.Globalization;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Rivals;

/// <summary>Starts a proxy for one run of a scenario, measures it, and stops it.</summary>
internal sealed class ProxyRunner(BenchPlan plan, EventLoop loop, Origin origin)
{
    private readonly SortedDictionary<string, string> _commands = new(StringComparer.Ordinal);

    /// <summary>The last command line of each proxy.</summary>
    public IReadOnlyDictionary<string, string> Commands => _commands;

    /// <summary>
    /// Adds a run to the row; false when the proxy did not start, which the row then says.
    /// </summary>
    public bool TryMeasure(Scenario scenario, Row row)
    {
        if (!File.Exists(row.Proxy.Program))
        {
            row.Skipped = $"skipped: {row.Proxy.Program} is not there";
            return false;
        }

        ProxyPlace place = ProxyPlace.Create(origin.Port, plan.ProxyCpu);
        using RunningProxy proxy = new(row.Proxy, place, scenario);
        _commands[row.Proxy.Name] = proxy.Command;
        ClientPlan clients = ClientPlan.For(scenario, new SocketAddress4(0x7f000001, place.Port));
        Probe probe = new(loop, clients);
        if (!probe.TrySettle(scenario.SettleSeconds, () => proxy.IsAlive))
        {
            string why = proxy.IsAlive ? probe.LastFault : "ended";
            row.Skipped = $"skipped: did not start ({why}): {proxy.LastLine}";
            return false;
        }

        ForwardedHeaders missing = ForwardedHeaders.All & ~origin.LastForwarded;
        row.MissingHeaders = row.Proxy.IsBare || missing == ForwardedHeaders.None ? "" : $"adds no {missing}";
        origin.Faults.Clear();
        Swaps? swaps = scenario.SwapsPerSecond is int rate and > 0
            ? new Swaps(place, ProxyRecipe.ServalTemplates(plan.Root), rate)
            : null;
        Driver driver = new(loop, scenario, origin.Faults, clients, swaps is null ? null : swaps.Turn);
        RunResult result = driver.Run(proxy.Family(), origin);
        if (!proxy.IsAlive)
        {
            result = result with { Faults = $"the proxy ended: {proxy.LastLine}; {result.Faults}" };
        }
        else if (swaps is not null)
        {
            result = CheckSwaps(result, swaps.Count, AdminMetrics.SnapshotsApplied(place) - 1);
        }

        row.Runs.Add(result);
        return true;
    }

    // A configuration that never became live would measure nothing.
    private static RunResult CheckSwaps(RunResult result, int made, int live) => 2 * live >= made
        ? result with { ChangesLive = live, ChangesMade = made }
        : result with
        {
            FaultCount = result.FaultCount + 1,
            Faults = string.Create(CultureInfo.InvariantCulture,
                $"only {live} of {made} changes became live; {result.Faults}"),
        };
}
