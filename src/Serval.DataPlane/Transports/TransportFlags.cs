namespace Serval.DataPlane.Transports;

/// <summary>Facts about a transport.</summary>
[Flags]
internal enum TransportFlags : ushort
{
    None = 0,

    /// <summary>A receive is lent to the kernel.</summary>
    IsReceiving = 1 << 0,

    /// <summary>That receive is being cancelled, because what came in has to wait.</summary>
    IsPausing = 1 << 1,

    /// <summary>A send is lent to the kernel.</summary>
    IsSending = 1 << 2,

    /// <summary>The peer has ended its half.</summary>
    IsInputEnded = 1 << 3,

    /// <summary>Our half is ended, or will be once the output is sent.</summary>
    IsOutputEnded = 1 << 4,

    /// <summary>Sending failed; only what the peer has already sent counts.</summary>
    IsSendBroken = 1 << 5,

    /// <summary>It waits for a receive buffer.</summary>
    IsStarved = 1 << 6,

    /// <summary>It was made by us, to an endpoint.</summary>
    IsUpstream = 1 << 7,

    /// <summary>Its descriptor exists.</summary>
    IsOpen = 1 << 8,

    /// <summary>Nothing of it is in flight any more; it is freed at the end of the turn.</summary>
    IsQuiet = 1 << 9,

    /// <summary>The kernel is asked what the peer has acknowledged.</summary>
    IsLooking = 1 << 10,

    /// <summary>The kernel tells when the peer ends or resets, although nothing is received.</summary>
    IsWatched = 1 << 11,

    /// <summary>
    /// The peer was seen to have ended its half, although not all that it sent was received.
    /// </summary>
    IsEndSeen = 1 << 12,

    /// <summary>Its listener is gone: it is closed behind the answer that is due.</summary>
    IsLeaving = 1 << 13,

    /// <summary>It was closed to make room; others wait for its slot.</summary>
    IsEvicted = 1 << 14,

    /// <summary>
    /// TLS is spoken on it: its queues hold plain bytes, those of its session what is on the wire.
    /// </summary>
    IsTls = 1 << 15,
}
