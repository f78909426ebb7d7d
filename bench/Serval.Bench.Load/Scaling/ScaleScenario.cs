using System.Globalization;
using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Scaling;

/// <summary>The same load while one thing grows: what does it cost to have more of it?</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="Unit">What grows.</param>
/// <param name="Description">Said above the table.</param>
/// <param name="Steps">From small to large; ratios are to the first.</param>
internal sealed record ScaleScenario(
    string Name, string Unit, string Description, IReadOnlyList<ScaleStep> Steps)
{
    /// <summary>The name that stands for all of them.</summary>
    public const string AllOfThem = "scale";

    // Reading 100,000 routes from files takes a while.
    private const double SlowSettleSeconds = 90;

    /// <summary>Whether memory is what is looked at.</summary>
    public bool IsOfMemory { get; init; }

    public static IReadOnlyList<ScaleScenario> All { get; } =
        [Routes(), Endpoints(), Connections(), Swaps(), Memory()];

    /// <summary>The same with other loads.</summary>
    public ScaleScenario With(Func<Scenario, Scenario> change) =>
        this with { Steps = [.. Steps.Select(step => step with { Load = change(step.Load) })] };

    private static ScaleScenario Routes() => new("scale-routes", "routes",
        "64 connections, closed loop, keep-alive; every request is for another host, spread over all routes.",
        [.. Step([10, 100, 1_000, 10_000, 100_000], routes => new Scenario("scale-routes")
        {
            Routes = routes,
            SettleSeconds = SlowSettleSeconds,
        })]);

    private static ScaleScenario Endpoints() => new("scale-endpoints", "endpoints",
        "64 connections, closed loop, keep-alive; one service with so many endpoints, drawn at random: the "
            + "idle upstream connections grow with them.",
        [.. Step([10, 100, 1_000, 10_000], endpoints => new Scenario("scale-endpoints")
        {
            Endpoints = endpoints,
            SettleSeconds = SlowSettleSeconds,

            // Until nearly every endpoint has a connection: n ln n requests for n endpoints.
            WarmUpSeconds = endpoints > 1_000 ? 4 : 1,
        })]);

    private static ScaleScenario Connections() => new("scale-connections", "idle connections",
        "64 busy connections, closed loop, keep-alive, beside so many idle ones.",
        [.. Step([1, 64, 512, 1_024, 4_096, 8_000], idle => new Scenario("scale-connections")
        {
            IdleConnections = idle,
        })]);

    private static ScaleScenario Swaps() => new("swaps", "changes/s",
        "64 connections, closed loop, keep-alive, while a file of the configuration is replaced.",
        [.. Step([0, 10], swaps => new Scenario("swaps") { SwapsPerSecond = swaps, Seconds = 3 })]);

    private static ScaleScenario Memory() => new("memory", "state",
        "Resident memory of all processes, pages that they share counted in each; no requests meanwhile. "
            + "The first answer is the soonest of all starts; memory is the median, seven seconds later.",
        [
            new ScaleStep("idle", Still()) { GoalMiB = 36 },
            new ScaleStep("5,000 routes", Still() with { Routes = 5_000, SettleSeconds = SlowSettleSeconds })
            {
                GoalMiB = 50,
            },
            new ScaleStep("5,000 idle connections", Still() with { IdleConnections = 5_000 })
            {
                GoalMiB = 25,
                IsGoalAboveFirst = true,
            },
        ])
    {
        IsOfMemory = true,
    };

    private static Scenario Still() => new("memory") { Connections = 0, Seconds = 7 };

    private static IEnumerable<ScaleStep> Step(int[] sizes, Func<int, Scenario> load) => sizes
        .Select(size => new ScaleStep(size.ToString("#,0", CultureInfo.InvariantCulture), load(size)));
}
