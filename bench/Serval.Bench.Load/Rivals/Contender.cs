using System.Globalization;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Rivals;

/// <summary>
/// A proxy that was started for one scenario, with an origin of its own, and is measured in one lap after the
/// other.
/// </summary>
/// <remarks>Owner: <see cref="ProxyRunner"/>. Thread: the loop's. Bound: one driver at a time.</remarks>
internal sealed class Contender(EventLoop loop, Origin origin, RunningProxy proxy, ProxyPlace place,
    Scenario scenario, Row row, Swaps? swaps) : IDisposable
{
    // Connections are new in each lap, and caches that others used meanwhile fill again: some turns of all
    // connections before anything is measured.
    private const double LapWarmUpSeconds = 0.1;
    private const double LapWarmUpSecondsPerConnection = 50e-6;

    private readonly ClientPlan _clients =
        ClientPlan.For(scenario, new SocketAddress4(0x7f000001, place.Port));

    private double _firstAnswerMs;

    public Row Row { get; } = row;

    public bool IsAlive => proxy.IsAlive;

    public string LastLine => proxy.LastLine;

    /// <summary>Headers that the last request through it did not have.</summary>
    public ForwardedHeaders Missing => ForwardedHeaders.All & ~origin.LastForwarded;

    /// <summary>
    /// Waits until it answers; false with the reason when it does not.
    /// </summary>
    public bool TrySettle(out string why)
    {
        Probe probe = new(loop, _clients);
        bool hasSettled = probe.TrySettle(scenario.SettleSeconds, () => proxy.IsAlive);
        why = proxy.IsAlive ? probe.LastFault : "ended";
        _firstAnswerMs = (probe.AnsweredNs - proxy.StartedNs) / 1e6;
        // Until it answers, faults are to be expected.
        origin.Faults.Clear();
        return hasSettled;
    }

    /// <summary>Loads it once without measuring. What goes wrong is told by the first lap.</summary>
    public void WarmUp()
    {
        if (scenario.IsStill)
        {
            return;
        }

        Scenario brief = scenario with { WarmUpSeconds = 0, Seconds = scenario.WarmUpSeconds };
        new Driver(loop, brief, origin.Faults, _clients).Run([], origin);
    }

    /// <summary>Measures one window and adds it to the row.</summary>
    public void Measure(int lap)
    {
        swaps?.Restart();
        Scenario brief = scenario with
        {
            WarmUpSeconds = LapWarmUpSeconds + (scenario.Connections * LapWarmUpSecondsPerConnection),
        };
        Driver driver = new(loop, brief, origin.Faults, _clients, swaps is null ? null : swaps.Turn);
        RunResult result = driver.Run(proxy.Family(), origin) with
        {
            Lap = lap,
            FirstAnswerMs = _firstAnswerMs,
        };
        origin.Faults.Clear();
        Row.Runs.Add(proxy.IsAlive
            ? result
            : WithFault(result, $"the proxy ended: {proxy.LastLine}"));
    }

    /// <summary>A configuration that never became live would have measured nothing.</summary>
    public void CheckSwaps()
    {
        if (swaps is null || Row.Runs.Count == 0 || !proxy.IsAlive)
        {
            return;
        }

        int made = swaps.Count;
        int live = AdminMetrics.SnapshotsApplied(place) - 1;
        RunResult last = Row.Runs[^1] with { ChangesLive = live, ChangesMade = made };
        Row.Runs[^1] = 2 * live >= made ? last : WithFault(last, string.Create(CultureInfo.InvariantCulture,
            $"only {live} of {made} changes became live"));
    }

    public void Dispose()
    {
        proxy.Dispose();
        origin.Stop();
    }

    private static RunResult WithFault(RunResult result, string fault) => result with
    {
        FaultCount = result.FaultCount + 1,
        Faults = result.Faults.Length == 0 ? fault : $"{fault}; {result.Faults}",
    };
}
