namespace Serval.VppBridge.Model;

/// <summary>What VPP says of a peer.</summary>
internal enum PeerStatus
{
    None,
    Dead,
    Established,
}
