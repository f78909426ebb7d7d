using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Rivals;

/// <summary>
/// Starts several proxies, measures them lap by lap in turn, so that a slow moment of the machine meets all
/// of them alike, and stops them.
/// </summary>
internal sealed class ProxyRunner(BenchPlan plan, EventLoop loop)
{
    private readonly SortedDictionary<string, string> _commands = new(StringComparer.Ordinal);

    /// <summary>The last command line of each proxy.</summary>
    public IReadOnlyDictionary<string, string> Commands => _commands;

    /// <summary>
    /// One round: a window of each proxy per lap. A proxy that does not start is skipped and its row says so.
    /// </summary>
    public void RunRound(IReadOnlyList<(Scenario Scenario, Row Row)> entries, int round, int laps)
    {
        List<Contender> contenders = [];
        try
        {
            foreach ((Scenario scenario, Row row) in entries)
            {
                if (Start(scenario, row) is { } contender)
                {
                    contenders.Add(contender);
                }
            }

            contenders.ForEach(contender => contender.WarmUp());
            for (int lap = 0; lap < laps; lap++)
            {
                // Each lap starts with another proxy, so that none always follows the same one.
                for (int i = 0; i < contenders.Count; i++)
                {
                    Contender contender = contenders[(i + lap + round) % contenders.Count];
                    if (contender.IsAlive)
                    {
                        contender.Measure((round * laps) + lap);
                    }
                }
            }

            contenders.ForEach(contender => contender.CheckSwaps());
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }
    }

    private Contender? Start(Scenario scenario, Row row)
    {
        if (!File.Exists(row.Proxy.Program))
        {
            row.Skipped = $"skipped: {row.Proxy.Program} is not there";
            return null;
        }

        Origin origin = new(loop, new Faults(), 0, scenario.Endpoints > 1)
        {
            IsBehindPassthrough = scenario.Tls == TlsUse.PassedThrough,
        };
        ProxyPlace place = ProxyPlace.Create(origin.Port, plan.ProxyCpu);
        RunningProxy proxy = new(row.Proxy, place, scenario);
        _commands[row.Proxy.Name] = proxy.Command;
        Swaps? swaps = scenario.SwapsPerSecond is int rate and > 0
            ? new Swaps(place, ProxyRecipe.ServalTemplates(plan.Root), rate)
            : null;
        Contender contender = new(loop, origin, proxy, place, scenario, row, swaps);
        if (!contender.TrySettle(out string why))
        {
            row.Skipped = $"skipped: did not start ({why}): {contender.LastLine}";
            contender.Dispose();
            return null;
        }

        ForwardedHeaders missing = contender.Missing;
        bool addsNone = row.Proxy.IsBare || scenario.Tls == TlsUse.PassedThrough;
        row.MissingHeaders = addsNone || missing == ForwardedHeaders.None ? "" : $"adds no {missing}";
        return contender;
    }
}
