namespace Serval.VppBridge.Model;

/// <summary>An interface as VPP shows it. <paramref name="IsLinkUp"/> is null when the transport cannot
/// tell.</summary>
internal sealed record VppInterface(
    uint Index, string Name, bool IsAdminUp, bool? IsLinkUp, uint Mtu, IReadOnlyList<IpPrefix> Addresses);
