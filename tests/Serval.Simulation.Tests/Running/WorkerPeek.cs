using System.Reflection;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Pools;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Kernel;

namespace Serval.Simulation.Tests.Running;

/// <summary>
/// What a worker still holds: read from its fields, because production has no need to tell.
/// </summary>
internal sealed class WorkerPeek(Worker<SimulatedRing> worker)
{
    private readonly ExchangeTable<SimulatedRing> _exchanges =
        Field<ExchangeTable<SimulatedRing>>(worker, "_exchanges");

    private readonly TransportTable<SimulatedRing> _transports =
        Field<TransportTable<SimulatedRing>>(worker, "_transports");

    private readonly Slab<EndpointState> _endpoints =
        Field<Slab<EndpointState>>(Field<UpstreamPools<SimulatedRing>>(worker, "_pools"), "_endpoints");

    private readonly int[] _pins = Field<int[]>(worker.Pins, "_counts");

    public int Exchanges => _exchanges.Count;

    /// <summary>The exchanges themselves, for what no configuration can ask for yet.</summary>
    public ExchangeTable<SimulatedRing> Table => _exchanges;

    /// <summary>The one client's transport that is between exchanges.</summary>
    public int IdleClient => Enumerable.Range(0, _transports.Capacity).Single(
        slot => _transports[slot].Owner == TransportOwner.Heads);

    public TransportTable<SimulatedRing> Transports => _transports;

    public int Connections => _transports.Leased;

    public int SegmentsAvailable => _transports.Segments.Available;

    public int Pins
    {
        get
        {
            int sum = 0;
            foreach (int count in _pins) sum += count;
            return sum;
        }
    }

    public EndpointState Endpoint(int slot) => _endpoints[slot];

    /// <summary>The transports that are in use, for a message.</summary>
    public string Describe()
    {
        System.Text.StringBuilder text = new();
        for (int slot = 0; slot < _transports.Capacity; slot++)
        {
            ref Transport transport = ref _transports[slot];
            if (transport.State == TransportState.Free) continue;
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $" {slot}:{transport.State}/{transport.Owner}({transport.Flags})");
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $" in flight {transport.InFlight} exchange {transport.Key}");
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $" in {transport.Input.Count} out {transport.Output.Count};");
        }

        return text.ToString();
    }

    private static T Field<T>(object owner, string name) =>
        (T)owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner)!;
}
