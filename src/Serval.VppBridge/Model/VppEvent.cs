namespace Serval.VppBridge.Model;

/// <summary>Something VPP said on its own.</summary>
internal abstract record VppEvent
{
    private VppEvent()
    {
    }

    public sealed record InterfaceChanged(uint Index, bool IsAdminUp, bool IsLinkUp, bool IsDeleted)
        : VppEvent;

    public sealed record PeerChanged(uint PeerIndex, PeerStatus Status) : VppEvent;
}
