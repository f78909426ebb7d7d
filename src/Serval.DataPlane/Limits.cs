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
    /// Buffers per worker, 16-bit ids; none left: receives and new exchanges wait or are shed.
    /// </summary>
    public const int Buffers = 8_192;

    /// <summary>
    /// Buffers kept back from the kernel for heads and local answers, so that exchanges in progress can end.
    /// </summary>
    public const int BuffersReserved = 1_024;

    /// <summary>
    /// Connections of either side per worker; none left: accepts wait, upstream connects are answered 503.
    /// </summary>
    public const int ConnectionSlots = 16_384;

    /// <summary>Slots kept for upstream connections, so that accepting can never starve them.</summary>
    public const int ConnectionSlotsReserved = 4_096;

    /// <summary>
    /// Exchanges per worker; equal to the connection slots, so it is never the first to be reached.
    /// </summary>
    public const int Exchanges = ConnectionSlots;

    /// <summary>
    /// Runs of bytes per worker. Runs of one buffer are joined or at least <see cref="BodyCopyMax"/> long, so
    /// a buffer never has more than ten and the buffers are always exhausted first.
    /// </summary>
    public const int Segments = Buffers * 10;

    /// <summary>Accepts kept armed per listener and worker.</summary>
    public const int AcceptsArmed = 16;

    /// <summary>Backlog of a listening socket; full: the kernel drops SYNs and peers retry.</summary>
    public const int ListenBacklog = 4_096;

    /// <summary>Listening sockets per router; more: the listener is refused with a finding.</summary>
    public const int ListenSockets = 256;

    /// <summary>Bytes of a request or response head; more: 431 downstream, 502 upstream.</summary>
    public const int HeadBytesMax = 24_576;

    /// <summary>Header lines of a head; more: 431 downstream, 502 upstream.</summary>
    public const int HeaderCountMax = 128;

    /// <summary>Bytes of a request target; more: 414.</summary>
    public const int TargetBytesMax = 8_192;

    /// <summary>Received segments that wait on a connection before its receive is paused.</summary>
    public const int InputSegmentsHigh = 8;

    /// <summary>
    /// Segments that wait to be sent on a connection before the other side's receive is paused.
    /// </summary>
    public const int OutputSegmentsHigh = 16;

    /// <summary>Segments left to be sent when the other side's receive is armed again.</summary>
    public const int OutputSegmentsLow = 4;

    /// <summary>Body bytes that are copied behind a head rather than sent as a run of their own.</summary>
    public const int BodyCopyMax = 4_096;

    /// <summary>Idle upstream connections per endpoint and worker; more: closed.</summary>
    public const int IdlePerEndpoint = 1_024;

    /// <summary>Attempts at an exchange, the first included; used up: 502 or 504.</summary>
    public const int AttemptsMax = 3;

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

    /// <summary>Messages waiting for one worker; full: the sender waits.</summary>
    public const int MailboxMessages = 1_024;

    /// <summary>Completions reaped before timers and mailbox have their turn.</summary>
    public const int CompletionsPerTurn = 4_096;

    /// <summary>Interim (1xx) responses relayed per exchange; more: 502.</summary>
    public const int InterimResponses = 16;

    /// <summary>
    /// Bytes read and dropped from a downstream that is being closed, so that it can read its answer.
    /// </summary>
    public const int LingerBytesMax = 1 << 20;

    /// <summary>How long such a downstream is read from, milliseconds.</summary>
    public const int LingerMs = 2_000;

    /// <summary>
    /// Bytes of access-log records that wait per worker; full: records are dropped and counted.
    /// </summary>
    public const int AccessLogBytes = 1 << 20;
}
