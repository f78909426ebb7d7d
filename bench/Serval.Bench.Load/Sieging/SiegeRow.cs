using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Sieging;

/// <summary>What a stranger saw of one proxy before and during a siege.</summary>
/// <param name="Proxy">Its name.</param>
/// <param name="Kind">The siege.</param>
/// <param name="Before">The stranger's requests without besiegers; null when the proxy did not start.</param>
/// <param name="During">The same beside them.</param>
/// <param name="Besiegers">How many came.</param>
/// <param name="Kept">
/// How many of them the proxy still had at the end; empty where the siege is a broken endpoint.
/// </param>
/// <param name="Remark">Why there are no figures; empty otherwise.</param>
internal sealed record SiegeRow(string Proxy, SiegeKind Kind, RunResult? Before, RunResult? During,
    int Besiegers, string Kept, string Remark)
{
    /// <summary>How many besiegers were refused or cut off.</summary>
    public int Lost { get; init; }

    /// <summary>
    /// True when every request of the stranger was answered rightly, and no besieger that behaves well was
    /// refused or cut off.
    /// </summary>
    public bool HasHeld => During is { FaultCount: 0, Requests: > 0 } && !(Kind.KeepsAll && Lost > 0);

    /// <summary>
    /// How much later the slowest hundredth of its answers came: in the median second, or in all where the
    /// windows are too short for that.
    /// </summary>
    public double P99Ratio =>
        Before is null || During is null ? double.NaN : Slowest(During) / Slowest(Before);

    /// <summary>The p99 that is compared.</summary>
    public static double Slowest(RunResult result) => result.MedianSecondP99Us ?? result.P99Us;
}
