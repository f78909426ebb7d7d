using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Tests.Simulation;

internal sealed class SimulatedInterface(uint index, string name)
{
    public uint Index { get; } = index;

    public string Name { get; } = name;

    public bool IsUp { get; set; }

    public uint Mtu { get; set; }

    /// <summary>The interface whose addresses it uses; null when it has its own.</summary>
    public uint? Lender { get; set; }

    public List<IpPrefix> Addresses { get; } = [];

    public VppTunnel? Tunnel { get; set; }

    public PrivateKey? Key { get; set; }
}
