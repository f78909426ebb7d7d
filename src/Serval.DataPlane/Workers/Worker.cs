using Serval.DataPlane.Accepting;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Pools;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Workers;

/// <summary>
/// One thread with one ring and everything that its connections need: nothing here is shared, so nothing is
/// locked. Other threads reach it in two ways: through immutable objects (<see cref="LiveConfiguration"/>)
/// and through its <see cref="Mailbox"/>. After <see cref="Begin"/> it allocates nothing. The worker has the
/// turn and the adoption of what others publish, and in Worker.Dispatch.cs it tells components what has
/// completed; what is done about it is theirs.
/// </summary>
internal sealed partial class Worker<TRing> : IDisposable
    where TRing : struct, IRing
{
    private const long LongestWaitMs = 1_000;
    private readonly WorkerOptions _options;
    private readonly LiveConfiguration _live;
    private readonly TurnClock _clock;
    private readonly TimerWheel _timers;
    private readonly TransportTable<TRing> _transports;
    private readonly UpstreamPools<TRing> _pools;
    private readonly Acceptor<TRing> _acceptor;
    private readonly ExchangeTable<TRing> _exchanges;
    private readonly Handshakes<TRing> _handshakes;

    // Messages about sockets of snapshots that are not adopted yet, in order. An id is used again only once
    // its socket was closed here, so there are at most two of each.
    private readonly Queue<WorkerMessage> _early = new(2 * Limits.ListenSockets);
    private bool _isDraining;
    private bool _isStopped;

    public Worker(WorkerOptions options, TRing ring, BufferPool buffers, LiveConfiguration live, IClock clock)
    {
        _options = options;
        Counters = new WorkerCounters(options.CountsEndpoints);
        _live = live;
        _clock = new TurnClock(clock);
        _timers = new TimerWheel(options.ConnectionSlots, options.ConnectionSlots);
        RandomSource random = new(options.Seed);
        _transports = new TransportTable<TRing>(
            options.ConnectionSlots, ring, buffers, _timers, _clock, Counters);
        _pools = new UpstreamPools<TRing>(
            _transports, _timers, _clock, Counters, random, options.Timeouts.UpstreamIdleMs);
        Evictor<TRing> evictor = new(_transports, _pools, Counters);
        _acceptor = new Acceptor<TRing>(
            _transports, evictor, _timers, _clock, Counters, options.Timeouts.RequestHeadMs);
        _exchanges = new ExchangeTable<TRing>(
            options, _transports, _pools, evictor, _acceptor, Pins, _timers, _clock, Counters, random);
        _handshakes = new Handshakes<TRing>(
            _transports, _exchanges, _pools, Pins, _timers, _clock, Counters, options.Timeouts.RequestHeadMs);
    }

    /// <summary>Its number, from 0.</summary>
    public int Index => _options.Index;

    /// <summary>What it has counted; readable by any thread.</summary>
    public WorkerCounters Counters { get; }

    /// <summary>Snapshots it reads; the publisher asks it what may be freed.</summary>
    public SnapshotPins Pins { get; } = new();

    /// <summary>Messages from other threads; after sending, wake the ring.</summary>
    public Mailbox Mailbox { get; } = new();

    /// <summary>What became of endpoints, for the log; one other thread takes.</summary>
    public EndpointEventQueue EndpointEvents => _pools.Events;

    /// <summary>Newest endpoint directory that it reads; any thread.</summary>
    public long AdoptedDirectory => _pools.AdoptedDirectory;

    /// <summary>True once it has been stopped, or drained to the last connection.</summary>
    public bool IsEnded => _isStopped || (_isDraining && _transports.Leased == 0);

    /// <summary>
    /// Connections to an endpoint, for the publisher to know when its slot is free. Any thread.
    /// </summary>
    public int EndpointConnections(int endpoint) => _pools.Connections(endpoint);

    /// <summary>How often the listening socket of an id was closed here. Any thread.</summary>
    public int TimesClosed(int socket) => _acceptor.TimesClosed(socket);

    /// <summary>Arms what is always armed. Called once, on the thread that runs the turns.</summary>
    public void Begin()
    {
        _clock.Read();
        _timers.Start(_clock.NowMs);
        _transports.ProvideBuffers();
        _transports.Ring.ArmWake(new Token(TokenKind.Wake, 0, 0));
    }

    /// <summary>
    /// One turn: submit and wait, adopt what was published, reap, timers, mailbox, buffers.
    /// </summary>
    public void Turn()
    {
        long waitMs = _handshakes.HasReady ? 0 : _timers.UntilNextMs(_clock.NowMs, LongestWaitMs);
        _transports.Ring.SubmitAndWait(waitMs * 1_000_000);
        _clock.Read();
        Adopt();
        ReapCompletions();
        ExpireTimers();
        ReadMailbox();
        _handshakes.Advance();
        _exchanges.RelieveMemory();
        _transports.ProvideBuffers();
        _transports.ResumeStarved();
        _transports.FreeQuiet();
        _acceptor.Resume();
        Counters.Add(Counter.Turns);
    }

    /// <summary>
    /// Records the exchanges that are still in progress and closes the ring, and with it every connection. On
    /// the thread that ran the turns.
    /// </summary>
    public void EndRing()
    {
        _exchanges.EndAll();
        _transports.Ring.End();
    }

    /// <summary>
    /// Closes what still listens, and what was to listen, once the ring has ended: the port is free for
    /// others.
    /// </summary>
    public void CloseSockets()
    {
        _acceptor.CloseSockets();
        while (_early.TryDequeue(out WorkerMessage message) || Mailbox.TryTake(out message))
        {
            if (message.Kind == WorkerMessageKind.AddSocket) _acceptor.Refuse(in message);
        }
    }

    public void Dispose()
    {
        _exchanges.Dispose();
        _pools.Dispose();
        _transports.Dispose();
        _timers.Dispose();
    }

    // Everything that other threads publish is taken up here: at the beginning of a turn, and once more if a
    // message belongs to something newer.
    private void Adopt()
    {
        PublishedSnapshot? snapshot = _live.Snapshot;
        if (snapshot is not null && snapshot.Sequence > Pins.Adopted)
        {
            if (Pins.TryAdopt(snapshot)) Counters.Add(Counter.SnapshotsAdopted);
            else Counters.Add(Counter.LimitSnapshotsPinned);
        }

        _pools.Adopt(_live.Directory);
    }

    // Sockets and routes change together: a worker that cannot adopt a snapshot serves the listeners that it
    // knows. Clients of a new one would find no routes, or those of a listener that had the same id before.
    private void ReadMailbox()
    {
        ObeyEarly();
        while (Mailbox.TryTake(out WorkerMessage message))
        {
            if (!IsDue(in message))
            {
                Adopt();
                ObeyEarly();
            }

            if (IsDue(in message)) Obey(in message);
            else _early.Enqueue(message);
        }
    }

    private void ObeyEarly()
    {
        while (_early.TryPeek(out WorkerMessage message) && IsDue(in message)) Obey(_early.Dequeue());
    }

    private bool IsDue(in WorkerMessage message) => message.Sequence <= Pins.Adopted || _isDraining;

    private void Obey(in WorkerMessage message)
    {
        switch (message.Kind)
        {
            case WorkerMessageKind.AddSocket:
                _acceptor.Add(in message);
                break;
            case WorkerMessageKind.RemoveSocket:
                _acceptor.Remove(message.Socket);
                _exchanges.DismissClients(message.Socket);
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

    // No new connections; idle ones end now, busy ones behind their exchange.
    private void Drain()
    {
        _isDraining = true;
        _acceptor.Drain();
        _exchanges.Drain();
        _pools.Drain();
        for (int slot = 0; slot < _transports.Capacity; slot++)
        {
            ref Transport transport = ref _transports[slot];
            if (transport.State != TransportState.Open) continue;
            if (transport.Owner == TransportOwner.Pool) _pools.Close(slot);
            else if (transport.Owner is TransportOwner.Opening or TransportOwner.Handshake
                || (transport.Owner == TransportOwner.Heads && transport.Input.IsEmpty))
                _transports.CloseWhole(slot);
        }
    }
}
