using System.Net;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Kernel;
using SocketAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.Simulation.Tests.Network;

/// <summary>
/// Virtual time, the events that wait for it, and who listens where. Nothing happens but by an event, and
/// events of the same time happen in the order in which they were planned.
/// </summary>
internal sealed class SimulatedNetwork(ulong seed, FaultProfile faults, bool keepsTrace) : IClock
{
    private readonly PriorityQueue<Action, (long, long)> _events = new();
    private readonly Dictionary<int, SimulatedListener> _listeners = [];
    private readonly Dictionary<string, SimulatedUpstream> _upstreams = [];
    private readonly List<string> _violations = [];
    private readonly List<SimulatedKernel> _kernels = [];
    private long _sequence;
    private int _connections;

    public SeededRandom Random { get; } = new(seed);

    public FaultProfile Faults => faults;

    public EventTrace Trace { get; } = new(keepsTrace);

    public long Microseconds { get; private set; } = 1_000_000;

    public long UnixMs => 1_700_000_000_000 + (Microseconds / 1_000);

    /// <summary>What must not be; a run without any is good.</summary>
    public IReadOnlyList<string> Violations => _violations;

    public void At(long microseconds, Action effect) =>
        _events.Enqueue(effect, (Math.Max(microseconds, Microseconds), _sequence++));

    public void After(long microseconds, Action effect) => At(Microseconds + microseconds, effect);

    public void Note(TraceKind kind, long subject, long value) =>
        Trace.Add(Microseconds, kind, subject, value);

    public void Violate(string what)
    {
        Note(TraceKind.Violation, _violations.Count, 0);
        _violations.Add(what);
    }

    /// <summary>
    /// Lets time pass until the next event, but not beyond <paramref name="limit"/>; then the due events.
    /// </summary>
    public void Advance(long limit)
    {
        long next = _events.TryPeek(out _, out (long Time, long) priority)
            ? Math.Min(priority.Time, limit) : limit;
        Microseconds = Math.Max(Microseconds, next);
        while (_events.TryPeek(out _, out priority) && priority.Item1 <= Microseconds) _events.Dequeue()();
    }

    public TcpConnection Open() => new(this, _connections++, faults.PipeBytes);

    public void AddListener(SimulatedListener listener) => _listeners[listener.Descriptor] = listener;

    public SimulatedListener Listener(int descriptor) => _listeners[descriptor];

    /// <summary>
    /// A socket that listens on a port, of any of the workers that share it; null when nobody listens.
    /// </summary>
    public SimulatedListener? ListenerOn(int port)
    {
        List<SimulatedListener> open = [];
        foreach (SimulatedListener listener in _listeners.Values)
        {
            if (listener.Port == port && !listener.IsClosed) open.Add(listener);
        }

        return open.Count switch
        {
            0 => null,
            1 => open[0],
            _ => open[Random.Between(0, open.Count - 1)],
        };
    }

    /// <summary>A worker's kernel, which waits in this network's time like those of other workers.</summary>
    public void Join(SimulatedKernel kernel) => _kernels.Add(kernel);

    /// <summary>Says that a kernel's worker has ended.</summary>
    public void Leave(SimulatedKernel kernel) => _kernels.Remove(kernel);

    /// <summary>Whether several workers take turns, so that none may wait inside its own.</summary>
    public bool IsShared => _kernels.Count > 1;

    /// <summary>Lets time pass until one of the workers that wait can go on.</summary>
    public void AwaitAny()
    {
        while (!_kernels.Exists(static kernel => kernel.CanGoOn))
            Advance(_kernels.Min(static kernel => kernel.DeadlineUs));
    }

    public void AddUpstream(SimulatedUpstream upstream) => _upstreams[Key(upstream.Address)] = upstream;

    public SimulatedUpstream? UpstreamAt(in SocketAddress address) =>
        _upstreams.GetValueOrDefault(Key(address));

    public static SocketAddress AddressOf(string address, int port) =>
        SocketAddress.From(new IPEndPoint(IPAddress.Parse(address), port));

    private static string Key(in SocketAddress address)
    {
        Span<byte> text = stackalloc byte[64];
        int length = address.FormatAddress(text);
        return System.Text.Encoding.ASCII.GetString(text[..length]) + "|"
            + address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
