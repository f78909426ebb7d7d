namespace Serval.DataPlane.Accounting;

/// <summary>Counters of one worker; each becomes a metric of its own.</summary>
internal enum Counter
{
    ConnectionsAccepted,
    ConnectionsClosed,
    UpstreamConnects,
    UpstreamConnectFailures,
    UpstreamReuses,
    UpstreamCloses,
    Retries,
    BytesReceivedDownstream,
    BytesSentDownstream,
    BytesReceivedUpstream,
    BytesSentUpstream,
    Turns,
    Completions,
    StaleCompletions,
    SnapshotsAdopted,
    AmbiguousHeadersDropped,
    LimitBuffers,
    LimitConnectionSlots,
    LimitSnapshotsPinned,
    LimitIdlePerEndpoint,
    ReceivesPaused,
    ReceivesStarved,
    ReceivesSmall,
    ConnectionsCutForMemory,
    AccessLogDropped,
    AcceptErrors,
}
