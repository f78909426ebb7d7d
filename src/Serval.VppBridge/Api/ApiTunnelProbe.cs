using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Api;

/// <summary>Finds out whether this VPP's WireGuard messages tell what the bridge relies on. Some releases
/// leave fields of the details unset: a peer_index of 0 for every peer, for example, would make the bridge
/// remove somebody else's peer. <see cref="ProbeTunnel"/> is made, read back, and deleted.</summary>
internal sealed class ApiTunnelProbe(ApiConnection api)
{
    /// <summary>Why tunnels cannot be managed on this VPP; null when they can. What VPP refused may go well
    /// the next time: then the answer is not final.</summary>
    /// <exception cref="VppException">The connection was lost.</exception>
    public async Task<(string? Problem, bool IsFinal)> FindProblemAsync(CancellationToken cancel)
    {
        try
        {
            foreach (VppTunnel left in (await TunnelsAsync(cancel).ConfigureAwait(false))
                .Where(ProbeTunnel.IsLeft))
                await DeleteAsync(left.InterfaceIndex, cancel).ConfigureAwait(false);
            byte[] made = await api.DoAsync(
                "make a tunnel to try WireGuard", ApiMessages.WireguardCreate,
                w => ApiPeers.WriteTunnel(w, ProbeTunnel.Tunnel), cancel).ConfigureAwait(false);
            uint index = new ApiReader(made).U32();
            string? problem = await FindTunnelProblemAsync(index, cancel).ConfigureAwait(false)
                ?? await FindPeerProblemAsync(index, cancel).ConfigureAwait(false);
            await DeleteAsync(index, cancel).ConfigureAwait(false);
            return (problem, true);
        }
        catch (VppException e) when (e.Fault != VppFault.Away)
        {
            return (e.Message, false);
        }
    }

    private async Task<string?> FindTunnelProblemAsync(uint index, CancellationToken cancel)
    {
        Tunnel asked = ProbeTunnel.Tunnel;
        VppTunnel? seen = (await TunnelsAsync(cancel).ConfigureAwait(false))
            .FirstOrDefault(t => t.InterfaceIndex == index);
        if (seen is null)
            return Unset("the interface");
        if (seen.Instance != asked.Instance)
            return Unset("user_instance");
        if (seen.PublicKey != asked.Key.PublicKey)
            return Unset("the public key");
        return seen.ListenPort != asked.ListenPort ? Unset("the port")
            : seen.LocalAddress.Equals(asked.LocalAddress) ? null : Unset("src_ip");
    }

    private async Task<string?> FindPeerProblemAsync(uint index, CancellationToken cancel)
    {
        List<(TunnelPeer Asked, uint Index)> made = [];
        foreach (TunnelPeer peer in ProbeTunnel.Peers)
        {
            byte[] reply = await api.DoAsync(
                "make a peer to try WireGuard", ApiMessages.PeerAdd,
                w => ApiPeers.WritePeer(w, index, peer), cancel).ConfigureAwait(false);
            made.Add((peer, new ApiReader(reply).U32()));
        }

        List<byte[]> details = await api.DumpAsync(
            ApiMessages.PeersDump, w => w.U32(uint.MaxValue), cancel).ConfigureAwait(false);
        VppPeer[] seen = [.. details.Select(ApiPeers.ReadPeer).Where(p => p.InterfaceIndex == index)];
        string? problem = made.Select(m => FindDifference(m.Asked, m.Index, seen.FirstOrDefault(
            p => p.Peer.PublicKey == m.Asked.PublicKey))).FirstOrDefault(p => p is not null);
        foreach ((_, uint peerIndex) in made)
        {
            await api.CallAsync(ApiMessages.PeerRemove, w => w.U32(peerIndex), cancel)
                .ConfigureAwait(false);
        }

        return problem;
    }

    private static string? FindDifference(TunnelPeer asked, uint index, VppPeer? seen)
    {
        if (seen is null)
            return Unset("the peer");
        if (seen.PeerIndex != index)
            return Unset("peer_index");
        if (seen.Peer.KeepaliveS != asked.KeepaliveS)
            return Unset("persistent_keepalive");
        return asked.IsHeldBy(seen.Peer) ? null : Unset("allowed_ips");
    }

    private Task<byte[]> DeleteAsync(uint index, CancellationToken cancel) => api.DoAsync(
        "delete the tunnel that tried WireGuard", ApiMessages.WireguardDelete, w => w.U32(index), cancel);

    private async Task<IEnumerable<VppTunnel>> TunnelsAsync(CancellationToken cancel) =>
        (await api.DumpAsync(ApiMessages.WireguardDump, w => w.Bool(false).U32(uint.MaxValue), cancel)
            .ConfigureAwait(false)).Select(ApiPeers.ReadTunnel);

    private static string Unset(string field) =>
        $"this VPP's WireGuard messages do not tell {field} as it is, so tunnels cannot be managed over the "
        + "binary API; use a VPP that docs/vpp.md names, or --vpp-transport=cli";
}
