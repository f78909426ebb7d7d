using System.Reflection;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Kernel;

namespace Serval.Simulation.Tests.Running;

/// <summary>
/// What a worker still holds: read from its fields, because production has no need to tell.
/// </summary>
internal sealed class WorkerPeek(Worker<SimulatedRing> worker)
{
    private readonly Slab<Exchange> _exchanges = Field<Slab<Exchange>>(worker, "_exchanges");
    private readonly Slab<Connection> _connections = Field<Slab<Connection>>(worker, "_connections");
    private readonly Slab<EndpointState> _endpoints = Field<Slab<EndpointState>>(worker, "_endpoints");
    private readonly SegmentPool _segments = Field<SegmentPool>(worker, "_segments");
    private readonly int[] _pins = Field<int[]>(worker.Pins, "_counts");

    public int Exchanges => _exchanges.Leased;

    public int Connections => _connections.Leased;

    public int SegmentsAvailable => _segments.Available;

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

    /// <summary>Roles of the connections that are in use, for a message.</summary>
    public string Describe()
    {
        System.Text.StringBuilder text = new();
        for (int slot = 0; slot < _connections.Capacity; slot++)
        {
            ref Connection connection = ref _connections[slot];
            if (connection.Role == ConnectionRole.Free) continue;
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $" {slot}:{connection.Role}({connection.Flags}) in flight {connection.InFlight}");
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $" exchange {connection.Exchange} deadline {connection.DeadlineMs}");
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $" in {connection.Input.Count} out {connection.Output.Count};");
        }

        return text.ToString();
    }

    private static T Field<T>(object owner, string name) =>
        (T)owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner)!;
}
