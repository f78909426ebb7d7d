using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Transports;

/// <summary>
/// A connection of either side as bytes. Its slot is its direct descriptor. Idle, it holds no buffer. It is
/// two lines of the processor's cache; what is looked at for every completion is the first.
/// Owner: <see cref="TransportTable{TRing}"/>. Bound: <see cref="Limits.ConnectionSlots"/>.
/// </summary>
internal struct Transport
{
    public TransportState State;
    public TransportOwner Owner;
    public TransportFlags Flags;
    public uint Generation;

    /// <summary>
    /// Received and not yet used; to be sent and not yet taken by the kernel, or by TLS where it is spoken.
    /// </summary>
    public SegmentQueue Input;
    public SegmentQueue Output;

    /// <summary>What its owner knows it by: an exchange's id; -1 for nothing.</summary>
    public int Key;

    /// <summary>
    /// The transport that takes what comes in here: while its output is full nothing more is received; -1 for
    /// none.
    /// </summary>
    public int Opposite;

    /// <summary>
    /// Listening socket of a downstream, -1 once its listener is gone; endpoint of an upstream.
    /// </summary>
    public int Origin;

    /// <summary>Bytes of the first run of the input that its owner has looked at already.</summary>
    public int Scanned;

    /// <summary>Operations that are lent to the kernel.</summary>
    public byte InFlight;

    /// <summary>
    /// Bytes that are still to come and that its owner drops; while it lingers, that may still be dropped.
    /// </summary>
    public int Skipped;

    /// <summary>Last time that bytes moved; turn clock, milliseconds.</summary>
    public long ProgressMs;

    /// <summary>
    /// Up to when the bytes that it has moved have paid for its time: each for a millisecond. Turn clock, ms.
    /// </summary>
    public long PaidMs;

    /// <summary>Bytes that the kernel has taken for sending, since the connection was made.</summary>
    public long SentBytes;

    /// <summary>
    /// How many of them the peer had acknowledged at the last look of this exchange (-1: none yet); its time.
    /// </summary>
    public long AcknowledgedBytes;
    public long LookedMs;

    /// <summary>
    /// Neighbours among the worker's idle transports of either side: idle for longer, and for less long; -1
    /// for none.
    /// </summary>
    public int IdleBefore;
    public int IdleAfter;

    /// <summary>
    /// Neighbours among those that wait for a receive buffer; once closing, the next of those that are freed
    /// at the end of the turn. -1 for none.
    /// </summary>
    public int NextWaiting;
    public int PreviousStarved;

    /// <summary>When lingering ends; turn clock, milliseconds.</summary>
    public long LingerEndMs;

    public readonly bool Has(TransportFlags flag) => (Flags & flag) != 0;

    public void Set(TransportFlags flag) => Flags |= flag;

    public void Unset(TransportFlags flag) => Flags &= ~flag;
}
