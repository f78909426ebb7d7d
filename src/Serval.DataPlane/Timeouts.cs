namespace Serval.DataPlane;

/// <summary>How long a worker waits for what; milliseconds, all positive.</summary>
public sealed record Timeouts
{
    /// <summary>From the first byte of a request (or the accept) to the end of its head; then 408.</summary>
    public int RequestHeadMs { get; init; } = 10_000;

    /// <summary>
    /// Establishing a connection to an endpoint whose cluster does not say; then another endpoint, or 504.
    /// </summary>
    public int ConnectMs { get; init; } = 3_000;

    /// <summary>A downstream connection without a request; then closed.</summary>
    public int DownstreamIdleMs { get; init; } = 75_000;

    /// <summary>Without a byte moving while one is due from or to a peer; then 408, 504 or cut off.</summary>
    public int StreamIdleMs { get; init; } = 60_000;

    /// <summary>
    /// How long the kernel lets a peer leave bytes unacknowledged: never less than it may be idle.
    /// </summary>
    internal int UnacknowledgedMs => Math.Max(StreamIdleMs, Limits.UnacknowledgedMsMin);

    /// <summary>
    /// An upstream connection in its pool; then closed. Below common server defaults of 60 s.
    /// </summary>
    public int UpstreamIdleMs { get; init; } = 55_000;

    /// <summary>An upgraded connection without a byte either way; then closed.</summary>
    public int TunnelIdleMs { get; init; } = 3_600_000;
}
