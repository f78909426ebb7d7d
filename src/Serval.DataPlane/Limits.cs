namespace Serval.DataPlane;

/// <summary>
/// Every bound of the data plane, with its unit and what happens when it is reached. <c>docs/limits.md</c>
/// shows them as a table; relations between them are asserted by tests.
/// </summary>
internal static class Limits
{
    /// <summary>Submission queue entries per worker; full: submitted early.</summary>
    public const int SubmissionEntries = 4_096;

    /// <summary>Completion queue entries per worker; full: the kernel keeps the rest until reaped.</summary>
    public const int CompletionEntries = 16_384;

    /// <summary>
    /// Threads of the kernel's own per worker and kind, which end halves of connections; busy: those wait.
    /// </summary>
    public const int KernelThreads = 1;

    /// <summary>Sends of several runs per enter; full: submitted early.</summary>
    public const int VectorSendsPerEnter = 1_024;

    /// <summary>Runs of those sends per enter; full: submitted early.</summary>
    public const int VectorsPerEnter = 4_096;

    /// <summary>Runs of one send; more wait for the next send.</summary>
    public const int VectorsPerSend = 16;

    /// <summary>
    /// Buffers at the kernel's disposal for receives, per worker; a power of two. None left: receives wait.
    /// </summary>
    public const int ProvidedBuffers = 512;

    /// <summary>
    /// As many of them while fewer connections wait for one. None left: receives wait, one more for each.
    /// </summary>
    public const int ProvidedBuffersLow = 64;

    /// <summary>
    /// Whole buffers of 32 KiB per worker, 16-bit ids; fewer left: connections may hold less, then the
    /// slowest are cut, then new exchanges are answered 503.
    /// </summary>
    public const int Buffers = 6_144;

    /// <summary>
    /// Small buffers of 4 KiB per worker, for heads, parts of heads and other small runs of bytes; none
    /// left: whole buffers are used for these.
    /// </summary>
    public const int SmallBuffers = 16_384;

    /// <summary>
    /// Whole buffers that one connection may hold in each direction while all are free; it may hold the same
    /// share of those that are free. Less than one: a small buffer. More: the other side's receive is paused.
    /// </summary>
    public const int CreditBuffers = 12;

    /// <summary>
    /// Credit from which a receive may fill several buffers before it is looked at; below: one at a time.
    /// </summary>
    public const int CreditBuffersMultishot = 8;

    /// <summary>
    /// Buffers that the kernel gets only up to <see cref="ProvidedBuffersLow"/> of when no more are left.
    /// </summary>
    public const int BuffersReserved = 256;

    /// <summary>
    /// Connections of either side per worker; none left: the ones idle for longest are closed; if there are
    /// none, accepts wait and upstream connects are answered 503.
    /// </summary>
    public const int ConnectionSlots = 16_384;

    /// <summary>Slots kept for upstream connections, so that accepting can never starve them.</summary>
    public const int ConnectionSlotsReserved = 4_096;

    /// <summary>
    /// Slots below which a new upstream connection makes an idle one end, so that the next one finds a slot.
    /// </summary>
    public const int ConnectionSlotsLow = 64;

    /// <summary>
    /// Exchanges per worker; equal to the connection slots, so it is never the first to be reached.
    /// </summary>
    public const int Exchanges = ConnectionSlots;

    /// <summary>
    /// Runs of bytes in a whole buffer. They are joined or at least <see cref="BodyCopyMax"/> long, so there
    /// are never more and the buffers are always exhausted first.
    /// </summary>
    public const int SegmentsPerBuffer = 10;

    /// <summary>Runs of bytes in a small buffer: one received, one to be sent.</summary>
    public const int SegmentsPerSmallBuffer = 2;

    /// <summary>Accepts kept armed per listener and worker.</summary>
    public const int AcceptsArmed = 16;

    /// <summary>
    /// How long a worker accepts nothing after the machine had no descriptor or memory for one, milliseconds.
    /// </summary>
    public const int AcceptBackoffMs = 100;

    /// <summary>Backlog of a listening socket; full: the kernel drops SYNs and peers retry.</summary>
    public const int ListenBacklog = 4_096;

    /// <summary>
    /// Seconds of silence after which the kernel asks a peer of either side whether it is still there.
    /// </summary>
    public const int KeepAliveIdleSeconds = 30;

    /// <summary>Seconds between such questions.</summary>
    public const int KeepAliveIntervalSeconds = 10;

    /// <summary>
    /// Least time for which a peer may leave bytes unacknowledged, milliseconds;
    /// <c>--stream-idle-timeout</c> when that is longer. Then the kernel gives the connection up.
    /// </summary>
    public const int UnacknowledgedMsMin = 60_000;

    /// <summary>
    /// How long a session ticket is good for, seconds; then a client makes a whole handshake. The keys of
    /// tickets change once in that time.
    /// </summary>
    public const int TicketSeconds = 43_200;

    /// <summary>
    /// Bytes of the subject, and of the names, of a client's certificate that are passed on; more: that
    /// header is left out, because a text that was cut could be taken for another.
    /// </summary>
    public const int ClientTextBytesMax = 1_024;

    /// <summary>
    /// How long a client may be silent on a port that detects what is spoken, milliseconds; then closed.
    /// </summary>
    public const int DetectionMs = 3_000;

    /// <summary>
    /// How long a key is held that no snapshot has named yet, milliseconds; then it is wiped.
    /// </summary>
    public const int UnnamedKeyMs = 600_000;

    /// <summary>
    /// Handshake messages and alerts behind the handshake of a connection, such as updates of keys; more: it
    /// is closed.
    /// </summary>
    public const int TlsMessagesMax = 1_024;

    /// <summary>
    /// Bytes of a ClientHello, records' headers not counted; more: the connection is closed with an alert.
    /// </summary>
    public const int ClientHelloBytesMax = 16_384;

    /// <summary>
    /// Handshakes of clients in progress per worker, from the whole ClientHello on; more: the oldest is
    /// closed.
    /// </summary>
    public const int HandshakesInProgress = 1_024;

    /// <summary>
    /// Handshakes that go on in one turn, each with a signature or less; the others wait for the next turns,
    /// so that traffic never waits for more.
    /// </summary>
    public const int HandshakesPerTurn = 4;

    /// <summary>Listening sockets per router; more: the listener is refused with a finding.</summary>
    public const int ListenSockets = 256;

    /// <summary>Bytes of a request or response head; more: 431 downstream, 502 upstream.</summary>
    public const int HeadBytesMax = 24_576;

    /// <summary>
    /// Bytes of a request id that a trusted proxy sends; more: it is replaced by one of our own.
    /// </summary>
    public const int RequestIdBytesMax = 128;

    /// <summary>Networks of trusted proxies; more: the router does not start.</summary>
    public const int TrustedProxies = 64;

    /// <summary>Header lines of a head; more: 431 downstream, 502 upstream.</summary>
    public const int HeaderCountMax = 128;

    /// <summary>Bytes of a request target; more: 414.</summary>
    public const int TargetBytesMax = 8_192;

    /// <summary>
    /// Whole buffers left at which the slowest connections are cut: those that have held the most for the
    /// longest without moving bytes.
    /// </summary>
    public const int CutBelowBuffers = 128;

    /// <summary>Pause between two looks for connections to cut, milliseconds.</summary>
    public const int CutIntervalMs = 10;

    /// <summary>
    /// Milliseconds that a connection must be behind to be cut. Every byte that it moves makes up for one.
    /// </summary>
    public const int CutLagMs = 100;

    /// <summary>
    /// Small buffers kept for Serval's own answers. Only these left, and hardly a whole one: new exchanges
    /// are answered 503.
    /// </summary>
    public const int SmallBuffersReserved = 256;

    /// <summary>Whole buffers that are hardly any: see <see cref="SmallBuffersReserved"/>.</summary>
    public const int RefuseBelowBuffers = 32;

    /// <summary>
    /// Part of its credit that a connection has still to send when the other side's receive is armed again:
    /// one in so many.
    /// </summary>
    public const int CreditResumeDivisor = 4;

    /// <summary>
    /// Bytes of a run that is copied, behind a head or to a small buffer, rather than sent from where it was
    /// received.
    /// </summary>
    public const int BodyCopyMax = 4_032;

    /// <summary>
    /// Bytes by which a head is expected to grow on its way through; more: it is written again, into a whole
    /// buffer.
    /// </summary>
    public const int HeadGrowthBytes = 1_024;

    /// <summary>Idle upstream connections per endpoint and worker; more: closed.</summary>
    public const int IdlePerEndpoint = 1_024;

    /// <summary>
    /// Exchanges in progress at one endpoint, per worker, those that wait for a connection included, and
    /// never more than a quarter of the slots: one that hangs must leave slots to others. All endpoints of a
    /// cluster full: 503.
    /// </summary>
    public const int InFlightPerEndpoint = 4_096;

    /// <summary>
    /// Failures of an endpoint in a row, without a response between, that eject it. Failures: a connection
    /// cannot be established, or ends before any response came.
    /// </summary>
    public const int EjectionFailures = 3;

    /// <summary>
    /// Longest first ejection, milliseconds; each in a row is twice as long, and up to a half of each is left
    /// to chance.
    /// </summary>
    public const int EjectionMsMin = 1_000;

    /// <summary>Longest ejection, milliseconds. An endpoint that was well for as long begins anew.</summary>
    public const int EjectionMsMax = 60_000;

    /// <summary>Share of a cluster's endpoints that may be ejected, percent; more: all are used.</summary>
    public const int EjectedPercentMax = 70;

    /// <summary>
    /// How long an endpoint on trial waits for an exchange that can be sent again, milliseconds; then any
    /// exchange is the trial.
    /// </summary>
    public const int TrialOverdueMs = 10_000;

    /// <summary>
    /// Endpoints of a cluster that are looked at, from a random one on, where some are ejected or have
    /// failed; the others have their turn with another exchange.
    /// </summary>
    public const int EndpointsLookedAt = 64;

    /// <summary>
    /// Exchanges in progress that an ejected endpoint counts as having more, where all are used.
    /// </summary>
    public const int EjectedLoad = 8;

    /// <summary>
    /// How long a cluster's fallback endpoints are used after no preferred one could be, milliseconds: the
    /// preferred ones have to be well for as long before they have the traffic again.
    /// </summary>
    public const int FallbackHoldMs = 5_000;

    /// <summary>Endpoints that went or came and wait to be logged, per worker; more are not logged.</summary>
    public const int EndpointEvents = 256;

    /// <summary>Attempts at an exchange, the first included; used up: 502 or 504.</summary>
    public const int AttemptsMax = 3;

    /// <summary>
    /// Copies of requests under way for other clusters; more, or slots or memory short: none is begun.
    /// </summary>
    public const int MirrorsInFlight = 256;

    /// <summary>
    /// Bytes that a copy of a request may pin while its endpoint does not take them; more: it is given up.
    /// </summary>
    public const int MirrorBytes = 262_144;

    /// <summary>Runs of bytes that wait in a copy of a request; more: it is given up.</summary>
    public const int MirrorRuns = 64;

    /// <summary>
    /// Exchanges that are sent again at once because their rule says so, after an endpoint has seen them, or
    /// <see cref="RetriesAtOncePercent"/> of all in progress if that is more; more: the failure is passed on.
    /// </summary>
    public const int RetriesAtOnceMin = 16;

    /// <summary>
    /// Share of the exchanges in progress that is sent again at once because their rule says so, percent;
    /// more: the failure is passed on.
    /// </summary>
    public const int RetriesAtOncePercent = 20;

    /// <summary>
    /// Longest wait before a request is sent again because its rule says so, before jitter and unless the
    /// rule itself names a longer one, milliseconds.
    /// </summary>
    public const int RetryBackoffMsMax = 10_000;

    /// <summary>Endpoints of all clusters; more: the snapshot is refused.</summary>
    public const int Endpoints = 65_536;

    /// <summary>Clusters; more: the snapshot is refused.</summary>
    public const int Clusters = 65_536;

    /// <summary>
    /// Compiled snapshots that one worker can pin at once; full: it adopts the next one later.
    /// </summary>
    public const int SnapshotsPinned = 32;

    /// <summary>
    /// Routes with a series of their own in the metrics; more: counted together as <c>_other</c>.
    /// </summary>
    public const int RouteSeries = 1_024;

    /// <summary>
    /// Listeners with a series of their own in the metrics; more: counted together as <c>_other</c>.
    /// </summary>
    public const int ListenerSeries = 128;

    /// <summary>
    /// Clusters with a series of their own in the metrics; more: counted together as <c>_other</c>.
    /// </summary>
    public const int ClusterSeries = 512;

    /// <summary>
    /// Endpoints with a series of their own in the metrics, where endpoints are counted; more: counted
    /// together as <c>_other</c>.
    /// </summary>
    public const int EndpointSeries = 1_024;

    /// <summary>
    /// How long memory must have sufficed before the process log says so, milliseconds.
    /// </summary>
    public const int MemoryBoutEndsMs = 60_000;

    /// <summary>Messages waiting for one worker; full: the sender waits.</summary>
    public const int MailboxMessages = 1_024;

    /// <summary>Completions reaped before timers and mailbox have their turn.</summary>
    public const int CompletionsPerTurn = 4_096;

    /// <summary>
    /// Looks at what a peer has acknowledged within the time that it may be idle. A peer that took bytes
    /// between two of them is not idle.
    /// </summary>
    public const int LooksPerIdleTime = 4;

    /// <summary>Age up to which a look says whether a peer is idle now, milliseconds.</summary>
    public const int LookFreshMs = 1_000;

    /// <summary>
    /// How long a client is not read from before its connection is watched for its end, milliseconds.
    /// </summary>
    public const int WatchAfterMs = 500;

    /// <summary>Interim (1xx) responses relayed per exchange; more: 502.</summary>
    public const int InterimResponses = 16;

    /// <summary>
    /// Header names of a rule's filters that are compared with trailers; more: no trailer passes.
    /// </summary>
    public const int TrailerNames = 8;

    /// <summary>
    /// Bytes of a request's body that are read and dropped behind an early answer, so that the connection can
    /// be kept; more: the answer announces the close.
    /// </summary>
    public const int SkippedBytesMax = 65_536;

    /// <summary>
    /// How long a downstream that is being closed is read from, so that it can read its answer, milliseconds;
    /// then closed.
    /// </summary>
    public const int LingerMs = 30_000;

    /// <summary>How long such a downstream may be silent, milliseconds; then closed.</summary>
    public const int LingerIdleMs = 2_000;

    /// <summary>Bytes read and dropped from such a downstream; more: closed.</summary>
    public const int LingerBytesMax = 1 << 28;

    /// <summary>
    /// Bytes of access-log records that wait per worker; full: records are dropped and counted.
    /// </summary>
    public const int AccessLogBytes = 1 << 20;
}
