using Serval.Bench.Load.Kernel;

namespace Serval.Bench.Load.Driving;

/// <summary>
/// One run of one scenario: opens the connections a few at a time, warms up, measures a window, drains.
/// </summary>
/// <remarks>
/// Owner: the generator. Thread: the loop's. Bound: the scenario's connections, a deadline per phase.
/// </remarks>
internal sealed class Driver : IClientOwner
{
    private const int OpeningMax = 64;
    private const int FaultsMax = 200;
    private const double RampSecondsMax = 30;
    private const double DrainSecondsMax = 5;

    // Connections of a run that makes many come from these loopback addresses in turn, so that a port in
    // TIME_WAIT is not needed again soon.
    private const uint FirstSource = 0x7f000101;
    private const uint SourceCount = 64;

    private readonly EventLoop _loop;
    private readonly Scenario _scenario;
    private readonly Faults _faults;
    private readonly Client[] _clients;
    private readonly Queue<Client> _free = new();
    private readonly Queue<Client> _closed = new();
    private readonly Histogram _latencies = new();

    // A closed loop has none.
    private readonly SecondLatencies? _seconds;
    private readonly Action<long>? _everyTurn;
    private Phase _phase = Phase.Ramp;
    private RateSchedule _schedule;
    private long _windowStartNs;
    private long _windowEndNs = long.MaxValue;
    private uint _nextId = 1;
    private uint _nextSource;
    private int _opened;
    private int _settled;

    /// <summary>
    /// With <paramref name="everyTurn"/>, which is given the time, for what else happens to the proxy.
    /// </summary>
    public Driver(EventLoop loop, Scenario scenario, Faults faults, ClientPlan plan,
        Action<long>? everyTurn = null)
    {
        _everyTurn = everyTurn;
        _loop = loop;
        _scenario = scenario;
        _faults = faults;
        _clients = new Client[scenario.IdleConnections + scenario.Connections];
        _seconds = IsClosedLoop ? null : new SecondLatencies(scenario.Seconds);
        for (int i = 0; i < _clients.Length; i++)
        {
            _clients[i] = new Client(loop, this, plan) { IsIdle = i < scenario.IdleConnections };
        }
    }

    private bool IsClosedLoop => _scenario.RatePerSecond == 0;

    /// <summary>
    /// Runs all phases, reading the times of <paramref name="processes"/> around the window.
    /// </summary>
    public RunResult Run(IReadOnlyList<int> processes, Origin origin)
    {
        _windowStartNs = long.MaxValue;
        Ramp();
        _phase = Phase.WarmUp;
        _schedule = new RateSchedule(_loop.NowNs, _scenario.RatePerSecond);
        TurnUntil(_loop.NowNs + Nanoseconds(_scenario.WarmUpSeconds));

        _phase = Phase.Window;
        WindowReading start = WindowReading.Take(_loop, processes, origin);
        _windowStartNs = start.AtNs;
        _windowEndNs = _windowStartNs + Nanoseconds(_scenario.Seconds);
        TurnUntil(_windowEndNs);
        WindowReading end = WindowReading.Take(_loop, processes, origin);
        ProcessMemory memory = ProcessMemory.Read(processes);

        _phase = Phase.Drain;
        Drain();
        Array.ForEach(_clients, client => client.Retire());
        return RunResult.From(_scenario, _latencies, start, end, memory, _faults) with
        {
            MedianSecondP99Us = _seconds?.MedianP99Us(),
        };
    }

    public void Opened(Client client)
    {
        if (_scenario.ClosesConnections && IsClosedLoop && _phase != Phase.Drain)
        {
            client.Start(_nextId++, client.OpenedNs);
        }
        else
        {
            BeginOrWait(client, EventLoop.Clock());
        }
    }

    public void Completed(Client client)
    {
        long now = EventLoop.Clock();
        _settled += client.Exchanges == 1 ? 1 : 0;

        // A closed loop counts by completion, an open one by intended start: each request once.
        long decisive = IsClosedLoop ? now : client.IntendedNs;
        if (decisive >= _windowStartNs && decisive < _windowEndNs)
        {
            _latencies.Record(now - client.IntendedNs);
            _seconds?.Record(decisive - _windowStartNs, now - client.IntendedNs);
        }

        if (client.State == ClientState.Free)
        {
            BeginOrWait(client, now);
        }
    }

    public void Closed(Client client) => _closed.Enqueue(client);

    public void Failed(Client client, string fault)
    {
        _faults.Add(fault);
        _closed.Enqueue(client);
    }

    private static long Nanoseconds(double seconds) => (long)(seconds * 1e9);

    private void BeginOrWait(Client client, long now)
    {
        if (client.Exchanges == 0 || (IsClosedLoop && !client.IsIdle && _phase != Phase.Drain))
        {
            client.Start(_nextId++, now);
        }
        else if (!client.IsIdle)
        {
            _free.Enqueue(client);
        }
    }

    private void Ramp()
    {
        long deadline = _loop.NowNs + Nanoseconds(RampSecondsMax);
        while (_settled < _clients.Length)
        {
            if (_loop.NowNs > deadline || _faults.Count >= FaultsMax)
            {
                _faults.Add($"only {_settled} of {_clients.Length} connections got an answer");
                return;
            }

            while (_opened < _clients.Length && _opened - _settled < OpeningMax)
            {
                Open(_clients[_opened++]);
            }

            Turn();
        }
    }

    private void TurnUntil(long endNs)
    {
        while (_loop.NowNs < endNs && _faults.Count < FaultsMax)
        {
            Turn();
        }
    }

    private void Turn()
    {
        _loop.Turn();
        _everyTurn?.Invoke(_loop.NowNs);
        for (int i = _closed.Count; i > 0 && _phase != Phase.Drain; i--)
        {
            Open(_closed.Dequeue());
        }

        if (!IsClosedLoop && _phase != Phase.Ramp)
        {
            StartDue();
        }
    }

    private void StartDue()
    {
        long now = Math.Min(_loop.NowNs, _windowEndNs - 1);
        while (_free.TryPeek(out Client? client))
        {
            if (client.State == ClientState.Free)
            {
                if (!_schedule.TryTake(now, out long intended))
                {
                    return;
                }

                client.Start(_nextId++, intended);
            }

            _free.Dequeue();
        }
    }

    private void Drain()
    {
        long deadline = _loop.NowNs + Nanoseconds(DrainSecondsMax);
        while (_loop.NowNs < deadline && _faults.Count < FaultsMax && HasUnanswered())
        {
            for (int i = 0; i < 100; i++)
            {
                Turn();
            }
        }

        int unanswered = _clients.Count(client => client.State == ClientState.Exchanging);
        if (unanswered > 0)
        {
            _faults.Add($"{unanswered} requests without an answer");
        }
        else if (!IsClosedLoop && !_scenario.MayFallBehind && _schedule.TryTake(_windowEndNs - 1, out _))
        {
            _faults.Add("requests still waiting for a connection");
        }
    }

    // All connections busy in an open loop may mean that requests are still waiting for one.
    private bool HasUnanswered() => _clients.Any(client => client.State == ClientState.Exchanging);

    private void Open(Client client)
    {
        bool isMany = _scenario.ClosesConnections || _clients.Length > 20_000;
        client.Open(isMany ? FirstSource + (_nextSource++ % SourceCount) : 0);
    }
}
