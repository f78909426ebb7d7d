using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Tls;

namespace Serval.Simulation.Tests.Running;

/// <summary>
/// One run: production workers on simulated rings behind the production publisher, clients and upstreams
/// around them, an operator who publishes and drains. Everything is drawn from the seed. The run ends
/// drained, and then nothing may be left.
/// </summary>
internal sealed class SimulationRun : IDisposable
{
    private const int Turns = 400_000;
    private const long LongestUs = 900_000_000;
    private static readonly int[] Ports = [80, 81];
    private static readonly string[] Upstreams = ["10.1.0.1", "10.1.0.2", "10.1.0.3"];
    private readonly FaultProfile _faults;
    private readonly SimulatedNetwork _network;
    private readonly SimulatedWorker[] _workers;
    private readonly SimulatedPublisher _publisher;
    private readonly PlanBook _plans = new();
    private readonly List<SimulatedClient> _clients = [];
    private readonly Planter _planter;
    private readonly ExchangePlan[][] _directed;
    private readonly bool _hasEdits;
    private readonly TlsActors? _tls;
    private long _version;
    private int _clientsToCome;
    private bool _isDrained;
    private long _endedUs;

    private SimulationRun(
        ulong seed, FaultProfile faults, ExchangePlan[][] directed, PlantedFault planted, int occasion,
        bool keepsTrace, TlsActors? tls = null)
    {
        _tls = tls;
        _faults = faults;
        _directed = directed;
        _network = new SimulatedNetwork(seed, _faults, keepsTrace);
        _planter = new Planter(planted, occasion);
        LiveConfiguration live = new();
        _workers = new SimulatedWorker[_faults.Workers];
        for (int i = 0; i < _workers.Length; i++)
        {
            WorkerOptions options = new()
            {
                Index = i,
                ConnectionSlots = _faults.ConnectionSlots,
                Timeouts = new Timeouts { TunnelIdleMs = 120_000 },
                ServesHalfClosed = _faults.ServesHalfClosed,
                Seed = seed + ((ulong)i << 32),
            };
            _workers[i] = new SimulatedWorker(_network, live, options, _planter);
        }

        _publisher = new SimulatedPublisher(_network, _workers, live);
        _hasEdits = _network.Random.Chance(500);
    }

    /// <summary>The faults that a seed plays.</summary>
    public static FaultProfile FaultsOf(ulong seed)
    {
        FaultProfile faults = FaultProfile.Draw(new SeededRandom(seed ^ 0xFA17));
        SeededRandom random = new(seed ^ 0x3_0B5);
        return faults with
        {
            ServesHalfClosed = faults.IsHarmless || seed % 2 == 0,
            Workers = random.Pick(1, 1, 2, 3),
            CompletionEntries = random.Pick(0, 0, 0, 2, 16),
            TakenPortPermille = !faults.IsHarmless && random.Chance(150) ? random.Pick(100, 500) : 0,
        };
    }

    /// <summary>Runs a seed.</summary>
    /// <param name="seed">What is drawn.</param>
    /// <param name="planted">A mistake to make on purpose, and on which occasion.</param>
    /// <param name="occasion">From 0.</param>
    /// <param name="keepsTrace">Whether the trace is kept as text.</param>
    public static RunResult Execute(
        ulong seed, PlantedFault planted = PlantedFault.None, int occasion = 0, bool keepsTrace = false)
    {
        FaultProfile faults = FaultsOf(seed);
        using SimulationRun run = new(seed, faults, [], planted, occasion, keepsTrace);
        return run.ToEnd();
    }

    /// <summary>Runs a seed with TLS on every connection, of clients and of endpoints.</summary>
    public static RunResult ExecuteTls(ulong seed, TlsActors tls)
    {
        using SimulationRun run = new(
            seed, WithTimeToConnect(FaultsOf(seed)), [], PlantedFault.None, 0, keepsTrace: false, tls);
        return run.ToEnd();
    }

    // In crumbs over long distances no handshake comes to its end before connecting has taken too long.
    private static FaultProfile WithTimeToConnect(FaultProfile faults) => faults with
    {
        FragmentMax = Math.Max(faults.FragmentMax, faults.LatencyMaxUs > 1_000 ? 1_460 : 100),
    };

    /// <summary>Runs exchanges that a test has thought of, on one connection.</summary>
    public static RunResult Execute(ulong seed, FaultProfile faults, params ExchangePlan[] plans)
    {
        using SimulationRun run = new(seed, faults, [plans], PlantedFault.None, 0, keepsTrace: false);
        return run.ToEnd();
    }

    /// <summary>The same, each on a connection of its own, all at once.</summary>
    public static RunResult ExecuteApart(ulong seed, FaultProfile faults, IEnumerable<ExchangePlan> plans)
    {
        return ExecuteClients(seed, faults, [.. plans.Select(plan => new[] { plan })]);
    }

    /// <summary>The same, several on each connection, all connections at once.</summary>
    public static RunResult ExecuteClients(ulong seed, FaultProfile faults, ExchangePlan[][] clients)
    {
        using SimulationRun run = new(seed, faults, clients, PlantedFault.None, 0, keepsTrace: false);
        return run.ToEnd();
    }

    public void Dispose()
    {
        foreach (SimulatedWorker worker in _workers) worker.Kernel.End();
        _publisher.Dispose();
        foreach (SimulatedWorker worker in _workers) worker.Dispose();
    }

    private bool AreWorkersEnded => Array.TrueForAll(_workers, static worker => worker.IsEnded);

    private RunResult ToEnd()
    {
        try
        {
            Play();
            Check();
        }
        catch (BrokenInvariantException failure)
        {
            _network.Violate(failure.Message);
        }

        return Result();
    }

    private void Play()
    {
        foreach (string address in Upstreams)
        {
            AddUpstream(address, SampleSnapshot.UpstreamPort, isOther: false);
            AddUpstream(address, SampleSnapshot.OtherPort, isOther: true);
        }

        foreach (SimulatedWorker worker in _workers) worker.Worker.Begin();
        Publish([Ports[0]], Upstreams[.._network.Random.Between(1, 3)]);
        PlanClients();
        PlanOperator();
        int turns = 0;
        while (!AreWorkersEnded && turns++ < Turns && _network.Microseconds < LongestUs)
        {
            SimulatedWorker.Turn(_network, _workers);
            _publisher.Sweep();
            if (!_isDrained && (AreClientsDone() || _network.Microseconds > LongestUs / 2)) Drain();
        }

        _endedUs = _network.Microseconds;
        // What the last turn submitted takes effect, and what the network still carries arrives.
        foreach (SimulatedWorker worker in _workers) worker.Kernel.SubmitAndWait(0);
        _network.Advance(_network.Microseconds);
        if (!AreWorkersEnded) return;
        foreach (SimulatedWorker worker in _workers) worker.Settle();
    }

    private void AddUpstream(string address, int port, bool isOther) =>
        _network.AddUpstream(new SimulatedUpstream(
            _network, Array.IndexOf(Upstreams, address), SimulatedNetwork.AddressOf(address, port),
            tcp => _ = new UpstreamConnection(_network, tcp, _plans, isOther)
            {
                Tls = _tls?.Server(_network.Random.Chance(300)),
            }));

    private bool AreClientsDone()
    {
        foreach (SimulatedClient client in _clients)
        {
            if (!client.IsDone) return false;
        }

        return _clients.Count > 0 && _clientsToCome == 0;
    }

    private void PlanClients()
    {
        if (_directed.Length > 0)
        {
            foreach (ExchangePlan plan in _directed.SelectMany(plans => plans)) _plans.Add(plan);
            _clientsToCome = _directed.Length;
            for (int i = 0; i < _directed.Length; i++)
            {
                int client = i;
                ExchangePlan[] plans = _directed[i];
                _network.After(
                    1_000 + plans[0].ThinkUs, () => StartClient(client, plans, isRetry: false));
            }

            return;
        }

        int clients = _network.Random.Between(1, 7);
        _clientsToCome = clients;
        for (int number = 0; number < clients; number++)
        {
            ExchangePlan[] plans = DrawPlans(_network.Random.Between(1, 5));
            long startUs = _network.Random.Between(0, _network.Random.Pick(1_000, 1_000_000));
            int client = number;
            _network.After(startUs, () => StartClient(client, plans, isRetry: false));
        }
    }

    private ExchangePlan[] DrawPlans(int most)
    {
        List<ExchangePlan> plans = [];
        while (plans.Count < most)
        {
            ExchangePlan plan = PlanMaker.Draw(_network, _plans.Count);
            _plans.Add(plan);
            plans.Add(plan);
            // Nothing sensible follows these on a connection.
            if (plan.ClientFault != ClientFault.None || !plan.KeepsClient) break;
        }

        return [.. plans];
    }

    private void StartClient(int number, ExchangePlan[] plans, bool isRetry)
    {
        int port = _network.Random.Pick(Ports);
        SimulatedListener? listener =
            _network.ListenerOn(port) ?? _network.ListenerOn(Ports[0]) ?? _network.ListenerOn(Ports[1]);
        if (listener is null && !isRetry)
        {
            // Before the first listener stands: once more a little later.
            _network.After(200_000, () => StartClient(number, plans, isRetry: true));
            return;
        }

        _clientsToCome--;
        if (listener is null) return;
        string address = string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"10.0.0.{number + 1}");
        foreach (ExchangePlan plan in plans)
            (plan.ClientAddress, plan.Port) = (address, _directed.Length == 0 ? listener.Port : 0);
        SimulatedClient client = new(_network, _network.Open(), number, plans)
        {
            Tls = _tls?.Client(_network.Random.Chance(300)),
        };
        _clients.Add(client);
        client.Connect(listener, SimulatedNetwork.AddressOf(address, 40_000 + number));
    }

    private void PlanOperator()
    {
        int swaps = _faults.Swaps ? _network.Random.Between(1, 6) : 0;
        for (int i = 0; i < swaps; i++)
        {
            _network.After(_network.Random.Between(1_000, 1_500_000), () =>
            {
                if (!_isDrained) Publish(DrawPorts(), DrawEndpoints());
            });
        }

        if (_faults.TakenPortPermille > 0) RetryLater();
        if (_faults.DrainsEarly) _network.After(_network.Random.Between(1_000, 1_500_000), Drain);
    }

    // As the router does every second.
    private void RetryLater() => _network.After(1_000_000, () =>
    {
        if (_isDrained) return;
        _publisher.RetrySockets();
        RetryLater();
    });

    // With TLS each version brings a renewed certificate.
    private void Publish(int[] ports, string[] endpoints)
    {
        Snapshot snapshot = SampleSnapshot.Of(
            ++_version, ports, endpoints, _hasEdits, marksListener: _directed.Length == 0);
        _tls?.Put(_publisher.Certificates);
        _publisher.Publish(_tls?.Secure(snapshot, (int)(_version % 2)) ?? snapshot);
    }

    private int[] DrawPorts() => _faults.RemovesListener
        ? _network.Random.Pick<int[]>([80], [81], [80, 81]) : Ports;

    private string[] DrawEndpoints()
    {
        int least = _faults.RemovesEndpoints ? 0 : 1;
        int count = _network.Random.Between(least, 3);
        int first = _network.Random.Between(0, 3 - Math.Max(count, 1));
        return Upstreams[first..(first + count)];
    }

    private void Drain()
    {
        if (_isDrained) return;
        _isDrained = true;
        foreach (ExchangePlan plan in _plans.Plans) plan.WasSeenBeforeDrain = plan.TimesSeen > 0;
        _publisher.Drain();
    }

    private void Check()
    {
        foreach (SimulatedWorker worker in _workers)
        {
            if (!worker.IsEnded)
                _network.Violate("the worker does not end:" + worker.Peek.Describe());
            LeaseCheck.Check(_network, worker);
        }

        if (_publisher.Unfreed > 1) _network.Violate($"snapshots left over: {_publisher.Unfreed - 1}");
        foreach (ExchangePlan plan in _plans.Plans) DeliveryCheck.Check(_network, plan);
        RecordCheck.Check(_network, _plans, _workers);
    }

    private RunResult Result()
    {
        int[] deliveries = new int[(int)Delivery.Waiting + 1];
        foreach (ExchangePlan plan in _plans.Plans) deliveries[(int)plan.Delivery]++;
        return new RunResult([.. _network.Violations], _network.Trace.Hash, _network.Trace.Lines,
            _planter.HasStruck, deliveries, _workers[0].Kernel.ProvidedMax, _workers[0].Worker.Counters,
            _workers.Sum(static worker => worker.Kernel.Overflows), _endedUs);
    }
}
