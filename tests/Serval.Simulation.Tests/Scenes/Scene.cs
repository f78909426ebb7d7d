using System.Text;
using System.Text.Json;
using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tests.Tls;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;
using Serval.Simulation.Tests.Tls;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>
/// A production worker on a simulated ring and on virtual time, with clients and upstreams that a test drives
/// byte by byte. An hour passes at once, and nothing depends on the machine.
/// </summary>
internal sealed class Scene : IDisposable
{
    private const int TurnsMax = 200_000;
    private readonly SimulatedNetwork _network;
    private readonly SimulatedWorker _simulated;
    private readonly Worker<SimulatedRing> _worker;
    private readonly SimulatedPublisher _publisher;
    private readonly TlsActors? _tls;
    private int _clients;
    private int _upstreams;
    private bool _isEnded;

    public Scene(
        Snapshot snapshot, Timeouts? timeouts = null, FaultProfile? faults = null,
        bool servesHalfClosed = false, TlsActors? tls = null,
        Func<WorkerOptions, WorkerOptions>? configure = null)
    {
        FaultProfile profile = faults ?? FaultProfile.None();
        _network = new SimulatedNetwork(1, profile, keepsTrace: false);
        LiveConfiguration live = new();
        WorkerOptions options = new()
        {
            Index = 0,
            ConnectionSlots = profile.ConnectionSlots,
            Timeouts = timeouts ?? new Timeouts(),
            ServesHalfClosed = servesHalfClosed,
            Seed = 1,
        };
        if (configure is not null) options = configure(options);
        _simulated = new SimulatedWorker(_network, live, options, new Planter(PlantedFault.None, 0));
        _worker = _simulated.Worker;
        Peek = _simulated.Peek;
        _publisher = new SimulatedPublisher(_network, [_simulated], live);
        _tls = tls;
        _worker.Begin();
        Publish(snapshot);
    }

    public WorkerPeek Peek { get; }

    public WorkerCounters Counters => _worker.Counters;

    public long NowMs => _network.Microseconds / 1_000;

    /// <summary>Makes a snapshot current; returns once it is.</summary>
    public void Publish(Snapshot snapshot)
    {
        // A key that no snapshot names any more is forgotten.
        _tls?.Put(_publisher.Certificates);
        _publisher.Publish(snapshot);
        Run(10);
    }

    /// <summary>A client that has come, and a moment for it to be accepted.</summary>
    public SceneClient Connect(int port = 80)
    {
        SceneClient client = Queue(port);
        Run(5);
        return client;
    }

    /// <summary>A client that has come to a listener; no time passes.</summary>
    public SceneClient Queue(int port = 80)
    {
        TcpConnection tcp = _network.Open();
        SceneClient client = new(this, tcp);
        QueueAt(port, tcp);
        return client;
    }

    /// <summary>Whether a socket of a port is open.</summary>
    public bool IsListening(int port) => _network.ListenerOn(port) is not null;

    /// <summary>A client that speaks TLS and has come to a listener; no time passes.</summary>
    public TlsScenePeer QueueTls(TlsEnd end, int port = 80, WireFault fault = default, int at = 0)
    {
        TcpConnection tcp = _network.Open();
        TlsScenePeer client = new(this, tcp, end, fault, at);
        QueueAt(port, tcp);
        return client;
    }

    /// <summary>Does something later, of its own accord.</summary>
    public void After(long microseconds, Action effect) => _network.After(microseconds, effect);

    /// <summary>Drains the worker to its end; then nothing may be left of anything.</summary>
    public void DrainToEnd()
    {
        Drain();
        RunUntil(() => _worker.IsEnded);
        _simulated.Settle();
        LeaseCheck.Check(_network, _simulated);
        Assert.Empty(_network.Violations);
        End();
    }

    /// <summary>An upstream; its connections wait for the test to read and write them.</summary>
    public SceneUpstream Upstream(string address) => new(this, _network, _upstreams++, address);

    /// <summary>An upstream that speaks TLS.</summary>
    public TlsSceneUpstream TlsUpstream(string address, TlsActors actors, bool isTls12, string response) =>
        new(this, _network, address, actors, isTls12, response);

    /// <summary>Ends the worker's wait, so that a condition is looked at.</summary>
    public void Wake() => _simulated.Wake();

    /// <summary>So many completions, all at once, of which each only wakes the worker.</summary>
    public void Flood(int completions) => _simulated.Kernel.Flood(completions);

    /// <summary>Lets virtual time pass.</summary>
    public void Run(long milliseconds) => RunUntil(() => false, milliseconds, mustHold: false);

    /// <summary>Lets virtual time pass until something holds.</summary>
    public void RunUntil(Func<bool> condition, long limitMs = 600_000, bool mustHold = true)
    {
        long end = _network.Microseconds + (limitMs * 1_000);
        // A turn may wait for a second: it is woken at the end.
        _network.At(end, _simulated.Wake);
        for (int turns = 0; turns < TurnsMax && _network.Microseconds < end && !_worker.IsEnded; turns++)
        {
            if (condition()) return;
            _worker.Turn();
            _publisher.Sweep();
        }

        if (mustHold && !condition()) Assert.Fail($"does not come about within {limitMs} ms");
    }

    /// <summary>Lets virtual time pass in which the worker has no turn.</summary>
    public void Stall(long milliseconds)
    {
        long end = _network.Microseconds + (milliseconds * 1_000);
        while (_network.Microseconds < end) _network.Advance(end);
    }

    public void Drain() => _publisher.Drain();

    /// <summary>Stops the worker as its thread does; what is in progress is cut off.</summary>
    public void Stop()
    {
        _publisher.Stop();
        Run(10);
        Assert.True(_worker.IsEnded);
        End();
    }

    /// <summary>Stops the worker, which has no turn left to learn of a snapshot and of its sockets.</summary>
    public void StopBefore(Snapshot snapshot)
    {
        _publisher.Stop();
        Run(10);
        Assert.True(_worker.IsEnded);
        _publisher.Publish(snapshot);
        End();
    }

    /// <summary>Takes what the worker has to say of an endpoint.</summary>
    public bool TryTakeEvent(out EndpointEvent change) => _worker.EndpointEvents.TryTake(out change);

    /// <summary>The access records so far.</summary>
    public List<JsonElement> Records()
    {
        StringBuilder text = new();
        for (ReadOnlyMemory<byte> run = _simulated.Log.Peek(); !run.IsEmpty;
            run = _simulated.Log.Peek())
        {
            text.Append(Encoding.UTF8.GetString(run.Span));
            _simulated.Log.Advance(run.Length);
        }

        return [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>The one record that was written since the last look.</summary>
    public JsonElement Record() => Assert.Single(Records());

    public void Dispose()
    {
        End();
        _publisher.Dispose();
        _simulated.Dispose();
        Assert.Empty(_network.Violations);
    }

    private void QueueAt(int port, TcpConnection tcp)
    {
        SimulatedListener listener = _network.ListenerOn(port)
            ?? throw new InvalidOperationException($"nothing listens on {port}");
        int number = ++_clients;
        listener.Backlog.Enqueue(new PendingClient(
            SimulatedNetwork.AddressOf($"10.0.{number / 250}.{(number % 250) + 1}", 40_000), tcp,
            tcp.RouterClose));
        listener.Poke();
    }

    private void End()
    {
        if (_isEnded) return;
        _isEnded = true;
        _worker.EndRing();
        _worker.CloseSockets();
        _publisher.Sweep();
    }
}
