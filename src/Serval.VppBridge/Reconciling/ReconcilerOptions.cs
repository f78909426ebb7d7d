using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Reconciling;

/// <summary>What the reconciler is made of.</summary>
internal sealed record ReconcilerOptions
{
    public required Func<CancellationToken, Task<IVppTransport>> Connect { get; init; }

    public required StateFile File { get; init; }

    /// <summary>Whether drift is put right, or only told.</summary>
    public bool Repair { get; init; } = true;

    public TimeSpan ReconnectPauseMin { get; init; } = Limits.ReconnectPauseMin;

    /// <summary>How often VPP is looked at while anything is missing, and for a while after
    /// connecting.</summary>
    public TimeSpan UnsettledLookInterval { get; init; } = Limits.UnsettledLookInterval;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told a line for the log.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
