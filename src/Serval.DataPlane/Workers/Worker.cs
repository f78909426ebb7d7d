using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Swapping;

namespace Serval.DataPlane.Workers;

/// <summary>
/// One thread with one ring and everything that its connections need: nothing here is shared, so nothing is
/// locked. Other threads reach it in two ways: through immutable objects (<see cref="LiveConfiguration"/>)
/// and through its <see cref="Mailbox"/>. After <see cref="Begin"/> it allocates nothing. The class is laid
/// out in files by stage: Accepting, Parsing, Matching, Balancing, Forwarding, Accounting; this file holds
/// the turn.
/// </summary>
internal sealed partial class Worker<TRing> : IDisposable
    where TRing : struct, IRing
{
    private const long NothingDueMs = 1_000;
    private readonly WorkerOptions _options;
    private readonly IClock _clock;
    private readonly LiveConfiguration _live;
    private readonly BufferPool _buffers;
    private readonly SegmentPool _segments;
    private readonly Slab<Connection> _connections;
    private readonly Slab<Exchange> _exchanges;
    private readonly Slab<EndpointState> _endpoints;
    private readonly TimerWheel _timers;
    private readonly RequestHead _requestHead;
    private readonly ResponseHead _responseHead;
    private readonly TrailerSection _trailers = new(HeaderLimits.Trailers);
    private readonly byte[] _scratch = new byte[BodyWriter.EndBytesMax];
    private readonly ListeningSocket[] _sockets = new ListeningSocket[Limits.ListenSockets];
    private readonly int[] _timesClosed = new int[Limits.ListenSockets];
    // Not readonly: a struct that changes itself would be copied before each call.
#pragma warning disable IDE0044
    private TRing _ring;
#pragma warning restore IDE0044
    private RandomBits _random;
    private EndpointDirectory _directory = EndpointDirectory.Empty;
    private long _nowMicroseconds;
    private long _nowMs;
    private int _quietHead = -1;
    private bool _isDraining;
    private bool _isStopped;
    private long _adoptedDirectory;

    public Worker(WorkerOptions options, TRing ring, BufferPool buffers, LiveConfiguration live, IClock clock)
    {
        _options = options;
        _ring = ring;
        _buffers = buffers;
        _live = live;
        _clock = clock;
        _segments = new SegmentPool(buffers, (buffers.Count * Limits.SegmentsPerBuffer)
            + (buffers.SmallCount * Limits.SegmentsPerSmallBuffer));
        _connections = new Slab<Connection>(options.ConnectionSlots);
        _exchanges = new Slab<Exchange>(options.ConnectionSlots);
        _endpoints = new Slab<EndpointState>(Limits.Endpoints);
        _timers = new TimerWheel(_connections);
        HeaderLimits limits = new(Limits.HeadBytesMax, Limits.HeaderCountMax, Limits.TargetBytesMax);
        _requestHead = new RequestHead(limits, options.Requests);
        _responseHead = new ResponseHead(limits);
        _random = new RandomBits(options.Seed);
        if (options.AccessLog is not null) _records = new Slab<AccessRecord>(options.ConnectionSlots);
    }

    /// <summary>Its number, from 0.</summary>
    public int Index => _options.Index;

    /// <summary>What it has counted; readable by any thread.</summary>
    public WorkerCounters Counters { get; } = new();

    /// <summary>Snapshots it reads; the publisher asks it what may be freed.</summary>
    public SnapshotPins Pins { get; } = new();

    /// <summary>Messages from other threads; after sending, wake the ring.</summary>
    public Mailbox Mailbox { get; } = new();

    /// <summary>Newest endpoint directory that it reads; any thread.</summary>
    public long AdoptedDirectory => Volatile.Read(ref _adoptedDirectory);

    /// <summary>True once it has been stopped, or drained to the last connection.</summary>
    public bool IsEnded => _isStopped || (_isDraining && _connections.Leased == 0);

    /// <summary>
    /// Connections to an endpoint, for the publisher to know when its slot is free. Any thread.
    /// </summary>
    public int EndpointConnections(int endpoint) => Volatile.Read(ref _endpoints[endpoint].Connections);

    /// <summary>How often the listening socket of an id was closed here. Any thread.</summary>
    public int TimesClosed(int socket) => Volatile.Read(ref _timesClosed[socket]);

    /// <summary>Arms what is always armed. Called once, on the thread that runs the turns.</summary>
    public void Begin()
    {
        ReadClock();
        _timers.Start(_nowMs);
        ProvideBuffers();
        _ring.ArmWake(new Token(TokenKind.Wake, 0, 0));
    }

    /// <summary>
    /// One turn: submit and wait, adopt what was published, reap, timers, mailbox, buffers.
    /// </summary>
    public void Turn()
    {
        _ring.SubmitAndWait(_timers.UntilNextMs(_nowMs, LongestWaitMs()) * 1_000_000);
        ReadClock();
        Adopt();
        ReapCompletions();
        ExpireTimers();
        ReadMailbox();
        RelieveMemory();
        ProvideBuffers();
        ResumeStarved();
        FreeQuiet();
        Counters.Add(Counter.Turns);
    }

    /// <summary>
    /// Records the exchanges that are still in progress and closes the ring, and with it every connection. On
    /// the thread that ran the turns.
    /// </summary>
    public void EndRing()
    {
        EndExchanges();
        _ring.End();
    }

    public void Dispose()
    {
        _segments.Dispose();
        _connections.Dispose();
        _exchanges.Dispose();
        _endpoints.Dispose();
        _records?.Dispose();
        _buffers.Dispose();
    }

    private long LongestWaitMs()
    {
        long mostMs = _isMemoryShort ? Limits.CutIntervalMs : NothingDueMs;
        return _acceptsResumeMs > _nowMs ? Math.Min(_acceptsResumeMs - _nowMs, mostMs) : mostMs;
    }

    private void ReadClock()
    {
        _nowMicroseconds = _clock.Microseconds;
        _nowMs = _nowMicroseconds / 1_000;
        RefreshDate();
    }

    private void ReapCompletions()
    {
        int reaped = 0;
        while (reaped < Limits.CompletionsPerTurn && _ring.TryReap(out Completion completion))
        {
            reaped++;
            Dispatch(in completion);
        }

        Counters.Add(Counter.Completions, reaped);
    }

    private void Dispatch(in Completion completion)
    {
        Token token = completion.Token;
        if (completion.Buffer >= 0) _provided--;
        if (token.Kind == TokenKind.Wake)
        {
            _ring.ArmWake(token);
            return;
        }

        // These complete only when they found nothing: a connect that never came to have a socket, an
        // operation whose own completion is under way.
        if (token.Kind is TokenKind.Close or TokenKind.Cancel or TokenKind.Option) return;
        int slot = token.Slot;
        if ((uint)slot >= (uint)_connections.Capacity
            || (_connections[slot].Generation & Token.GenerationMask) != token.Generation)
        {
            Counters.Add(Counter.StaleCompletions);
            if (completion.Buffer >= 0) _buffers.Release(completion.Buffer);
            return;
        }

        if (!completion.HasMore) _connections[slot].InFlight--;
        switch (token.Kind)
        {
            case TokenKind.Receive:
                OnReceive(slot, in completion);
                break;
            case TokenKind.Send:
                OnSend(slot, completion.Result);
                break;
            case TokenKind.Accept:
                OnAccept(slot, completion.Result);
                break;
            case TokenKind.Connect:
                OnConnect(slot, completion.Result);
                break;
            case TokenKind.Unacknowledged:
                OnUnacknowledged(slot, completion.Result);
                break;
            case TokenKind.Unread:
                OnUnread(slot, completion.Result);
                break;
            case TokenKind.Watch:
                OnWatch(slot, completion.Result);
                break;
            default:
                break;
        }

        if (_connections[slot].Role == ConnectionRole.Closing) FreeWhenQuiet(slot);
    }

    private void ExpireTimers()
    {
        while (_timers.TryExpire(_nowMs, out int slot)) OnDeadline(slot);
    }

    // Everything that other threads publish is taken up here, once per turn, and nowhere else.
    private void Adopt()
    {
        PublishedSnapshot? snapshot = _live.Snapshot;
        if (snapshot is not null && snapshot.Sequence > Pins.Adopted)
        {
            if (Pins.TryAdopt(snapshot)) Counters.Add(Counter.SnapshotsAdopted);
            else Counters.Add(Counter.LimitSnapshotsPinned);
        }

        EndpointDirectory directory = _live.Directory;
        if (!ReferenceEquals(directory, _directory)) AdoptDirectory(directory);
    }

    private void ReadMailbox()
    {
        while (Mailbox.TryTake(out WorkerMessage message))
        {
            switch (message.Kind)
            {
                case WorkerMessageKind.AddSocket:
                    AddSocket(in message);
                    break;
                case WorkerMessageKind.RemoveSocket:
                    RemoveSocket(message.Socket);
                    DismissClients(message.Socket);
                    break;
                case WorkerMessageKind.Drain:
                    Drain();
                    break;
                case WorkerMessageKind.Stop:
                    _isStopped = true;
                    break;
                default:
                    Invariant.Fail("a message has a known kind", (long)message.Kind);
                    break;
            }
        }
    }
}
