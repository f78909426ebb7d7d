using System.Runtime.CompilerServices;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Transports;

/// <summary>
/// Connections as bytes: received with backpressure, sent, half-closed, lingered, closed, watched while
/// nothing is received. It knows no protocol and no exchange: what completes is taken here first, and the
/// worker's dispatch tells the transport's owner. Owns the ring, the memory and the timers of transports.
/// Owner: one worker. Thread: the worker's. Bound: <see cref="Limits.ConnectionSlots"/>;
/// <see cref="TryLease"/> says no.
/// </summary>
internal sealed partial class TransportTable<TRing> : IDisposable
    where TRing : struct, IRing
{
    private readonly TurnClock _clock;
    private readonly TimerWheel _timers;
    private readonly WorkerCounters _counters;
    private readonly BufferPool _buffers;
    private readonly SegmentPool _segments;
    private readonly Slab<Transport> _slab;
    private readonly TlsSessions _sessions;
    // Not readonly: a struct that changes itself would be copied before each call.
#pragma warning disable IDE0044
    private TRing _ring;
#pragma warning restore IDE0044

    /// <param name="slots">Transports, and so direct descriptors.</param>
    /// <param name="ring">What they are submitted to.</param>
    /// <param name="buffers">Their memory; disposed of with the table.</param>
    /// <param name="timers">With a timer for each.</param>
    /// <param name="clock">The turn's time.</param>
    /// <param name="counters">What is counted.</param>
    public TransportTable(
        int slots, TRing ring, BufferPool buffers, TimerWheel timers, TurnClock clock,
        WorkerCounters counters)
    {
        _ring = ring;
        _buffers = buffers;
        _timers = timers;
        _clock = clock;
        _counters = counters;
        _segments = new SegmentPool(buffers, (buffers.Count * Limits.SegmentsPerBuffer)
            + (buffers.SmallCount * Limits.SegmentsPerSmallBuffer)
            + (Limits.MirrorsInFlight * Limits.MirrorRuns));
        _slab = new Slab<Transport>(slots);
        _sessions = new TlsSessions(slots, buffers, _segments, counters);
    }

    /// <summary>The ring, for the worker's turn.</summary>
    public ref TRing Ring => ref _ring;

    /// <summary>Buffers of all transports.</summary>
    public BufferPool Buffers => _buffers;

    /// <summary>Runs of bytes in those buffers.</summary>
    public SegmentPool Segments => _segments;

    /// <summary>TLS on transports that have <see cref="TransportFlags.IsTls"/>.</summary>
    public TlsSessions Sessions => _sessions;

    /// <summary>How many slots there are.</summary>
    public int Capacity => _slab.Capacity;

    /// <summary>How many are leased.</summary>
    public int Leased => _slab.Leased;

    /// <summary>How many can still be leased.</summary>
    public int Available => _slab.Available;

    /// <summary>A transport.</summary>
    public ref Transport this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _slab[slot];
    }

    /// <summary>
    /// Where the peer of a transport is, as a value: what the kernel said of an accepted one, what was
    /// dialled of one of ours. What is said of a client, in the access log and to the upstream, is read from
    /// here. So whoever knows better than the kernel, because a proxy in front told, writes it here.
    /// </summary>
    public ref SocketAddress Peer(int slot) => ref _ring.Address(slot);

    /// <summary>Takes a slot, and gives its transport a new life.</summary>
    public bool TryLease(TransportState state, int origin, out int slot)
    {
        if (!_slab.TryLease(out slot)) return false;
        ref Transport transport = ref _slab[slot];
        uint generation = transport.Generation + 1;
        transport = new Transport
        {
            State = state,
            Generation = generation,
            Key = -1,
            Opposite = -1,
            Origin = origin,
            IdleBefore = -1,
            IdleAfter = -1,
        };
        return true;
    }

    /// <summary>Accepts a connection of a listening descriptor into a leased slot.</summary>
    public void Accept(int descriptor, int slot)
    {
        _slab[slot].InFlight = 1;
        _ring.Accept(descriptor, slot, TokenOf(TokenKind.Accept, slot));
    }

    /// <summary>Gives an accept up; it completes all the same.</summary>
    public void CancelAccept(int slot) => Cancel(slot, TokenKind.Accept);

    /// <summary>
    /// Lets the kernel find out when the peer of a transport that has connected vanishes without a word.
    /// </summary>
    public void WatchPeer(int slot) => _ring.WatchPeer(slot, TokenOf(TokenKind.Option, slot));

    /// <summary>Makes a connection to an address out of a leased slot.</summary>
    public void Connect(int slot, in SocketAddress address)
    {
        ref Transport transport = ref _slab[slot];
        transport.InFlight = 1;
        transport.ProgressMs = _clock.NowMs;
        transport.Set(TransportFlags.IsOpen | TransportFlags.IsUpstream);
        _ring.Address(slot) = address;
        _ring.Connect(slot, TokenOf(TokenKind.Connect, slot));
    }

    /// <summary>
    /// Takes note that an operation has completed; false for one of a transport that is gone, which is
    /// counted.
    /// </summary>
    public bool TryComplete(in Completion completion)
    {
        Token token = completion.Token;
        int slot = token.Slot;
        if ((uint)slot >= (uint)_slab.Capacity
            || (_slab[slot].Generation & Token.GenerationMask) != token.Generation)
        {
            _counters.Add(Counter.StaleCompletions);
            if (completion.Buffer >= 0) _buffers.Release(completion.Buffer);
            return false;
        }

        if (!completion.HasMore) _slab[slot].InFlight--;
        return true;
    }

    /// <summary>
    /// Says that what two transports receive goes to the other: while the output of one is full, nothing more
    /// is received from the other.
    /// </summary>
    public void Pair(int one, int other)
    {
        _slab[one].Opposite = other;
        _slab[other].Opposite = one;
    }

    /// <summary>Ends that.</summary>
    public void Part(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.Opposite < 0) return;
        _slab[transport.Opposite].Opposite = -1;
        transport.Opposite = -1;
    }

    public void Dispose()
    {
        for (int slot = 0; slot < _slab.Capacity && _sessions.Count > 0; slot++)
        {
            if (_slab[slot].Has(TransportFlags.IsTls)) _sessions.Free(slot);
        }

        _sessions.Dispose();
        _segments.Dispose();
        _slab.Dispose();
        _buffers.Dispose();
    }

    private Token TokenOf(TokenKind kind, int slot) => new(kind, slot, _slab[slot].Generation);

    private void Cancel(int slot, TokenKind kind) =>
        _ring.Cancel(TokenOf(kind, slot), TokenOf(TokenKind.Cancel, slot));
}
