namespace Serval.VppBridge.Transports;

/// <summary>How long one command or message may take, by which clock.</summary>
internal sealed record CallTimer(TimeSpan Timeout, TimeProvider Clock)
{
    public CallLimit Start(CancellationToken cancel) => new(this, cancel);

    /// <summary>For what VPP needs longer for.</summary>
    public CallLimit Start(TimeSpan atLeast, CancellationToken cancel) =>
        new(atLeast > Timeout ? this with { Timeout = atLeast } : this, cancel);
}
