namespace Serval.VppBridge.Tests.Simulation;

/// <summary>Fields of WireGuard's details that some releases of VPP leave at 0.</summary>
[Flags]
internal enum UnsetDetails
{
    None = 0,
    Instance = 1,
    PeerIndex = 2,
    Keepalive = 4,
}
