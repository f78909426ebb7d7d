namespace Serval.VppBridge.Model;

/// <summary>Ports, or an ICMP type or code, first and last included.</summary>
internal readonly record struct PortRange(ushort First, ushort Last)
{
    public static PortRange All => new(0, ushort.MaxValue);
}
