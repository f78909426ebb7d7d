using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Workers;

/// <summary>
/// A transport connection of either side. Its slot is its direct descriptor. Idle, it holds no buffer.
/// Owner: one worker. Thread: the worker's. Bound: <see cref="Limits.ConnectionSlots"/>.
/// </summary>
internal struct Connection
{
    public ConnectionRole Role;
    public byte InFlight;
    public ConnectionFlags Flags;
    public uint Generation;

    /// <summary>Received and not yet used; to be sent and not yet taken by the kernel.</summary>
    public SegmentQueue Input;
    public SegmentQueue Output;

    /// <summary>The exchange it carries; -1 for none.</summary>
    public int Exchange;

    /// <summary>
    /// Listening socket of a downstream, -1 once its listener is gone; endpoint of an upstream.
    /// </summary>
    public int Origin;

    /// <summary>Its endpoint's epoch when it was begun, of an upstream.</summary>
    public int Epoch;

    /// <summary>Bytes of the first input segment already searched for the end of a head.</summary>
    public int Scanned;

    /// <summary>Bytes of an answered request that are still to come, and are dropped.</summary>
    public int Skipped;

    /// <summary>Bytes dropped while lingering, and when that ends; turn clock, milliseconds.</summary>
    public int Lingered;
    public long LingerEndMs;

    /// <summary>
    /// Last time that bytes moved, and the time at which something must be done; turn clock, ms.
    /// </summary>
    public long ProgressMs;
    public long DeadlineMs;

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
    /// Place in the timer wheel: the bucket it waits in (-1 for none), when that is looked at, neighbours.
    /// </summary>
    public int TimerBucket;
    public long TimerDueMs;
    public int TimerNext;
    public int TimerPrevious;

    /// <summary>Neighbours in the endpoint's pool of idle connections; -1 for none.</summary>
    public int Next;
    public int Previous;

    /// <summary>
    /// Neighbours among the worker's idle connections of either side: idle for longer, and for less long; -1
    /// for none.
    /// </summary>
    public int IdleBefore;
    public int IdleAfter;

    /// <summary>Neighbours among those that wait for a receive buffer; -1 for none.</summary>
    public int NextStarved;
    public int PreviousStarved;

    public readonly bool Has(ConnectionFlags flag) => (Flags & flag) != 0;

    public void Set(ConnectionFlags flag) => Flags |= flag;

    public void Unset(ConnectionFlags flag) => Flags &= ~flag;
}
