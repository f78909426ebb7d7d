using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Reconciling;

/// <summary>How the bridge stands. Immutable, swapped whole.</summary>
/// <param name="Transport">The connection; null while VPP is away.</param>
/// <param name="Since">When the connection was made or lost.</param>
/// <param name="Problem">Why VPP is away.</param>
/// <param name="IsConverged">Everything asked for is in place.</param>
/// <param name="Drift">What is not in place, and why.</param>
internal sealed record BridgeStatus(
    IVppTransport? Transport, DateTimeOffset Since, string Problem, bool IsConverged,
        IReadOnlyList<string> Drift)
{
    /// <summary>VPP answers, and everything asked for is in place.</summary>
    public bool IsReady => Transport is not null && IsConverged;
}
