using System.Collections.Immutable;
using System.Net;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Reconciling;

/// <summary>What the bridge did to VPP that VPP cannot tell afterwards. Immutable.</summary>
/// <param name="Peers">The peers that were made, by public key, as they were asked for: VPP replaces the
/// endpoint by the one it learns.</param>
/// <param name="Nat">The NAT44 entries that were added, interfaces by their names in VPP. What was there
/// before is not among them and stays when ours is taken away.</param>
/// <param name="VppPid">The process id of the VPP that has them; 0 when it is not known.</param>
internal sealed record Provenance(
    ImmutableDictionary<string, TunnelPeer> Peers, SourceNat Nat, uint VppPid)
{
    public static readonly SourceNat NoNat = new([], [], [], 0);

    public static readonly Provenance Empty = new(
        ImmutableDictionary.Create<string, TunnelPeer>(StringComparer.Ordinal), NoNat, 0);

    public Provenance WithPeer(TunnelPeer peer) => this with { Peers = Peers.SetItem(peer.PublicKey, peer) };

    public Provenance WithoutPeer(string publicKey) => this with { Peers = Peers.Remove(publicKey) };

    /// <summary>Peers in place that nobody remembers were made as they are asked for now.</summary>
    public Provenance WithPeersInPlace(DesiredState desired)
    {
        var peers = Peers.ToBuilder();
        foreach (TunnelPeer peer in desired.Tunnels.Values.SelectMany(t => t.Peers))
            peers.TryAdd(peer.PublicKey, peer);
        return this with { Peers = peers.ToImmutable() };
    }

    public Provenance WithNat(IReadOnlyList<Transports.VppChange> changes)
    {
        IEnumerable<Transports.VppChange.SetNatInterface> sides =
            changes.OfType<Transports.VppChange.SetNatInterface>().Where(c => c.IsAdd);
        IPAddress[] addresses = [.. changes.OfType<Transports.VppChange.SetNatAddress>()
            .Where(c => c.IsAdd).Select(c => c.Address)];
        string[] inside = [.. sides.Where(c => c.IsInside).Select(c => c.Interface)];
        string[] outside = [.. sides.Where(c => !c.IsInside).Select(c => c.Interface)];
        if (addresses.Length + inside.Length + outside.Length == 0)
            return this;
        return this with
        {
            Nat = new SourceNat(
                [.. Nat.Inside.Union(inside)], [.. Nat.Outside.Union(outside)],
                [.. Nat.Addresses.Union(addresses)], 0),
        };
    }

    /// <summary>Drops what is no longer in VPP. A VPP that started anew has nothing that we made: what is
    /// there was made by others, its start-up configuration for example.</summary>
    public Provenance Seen(VppState seen, uint pid)
    {
        HashSet<string> live = [.. seen.Peers.Select(p => p.Peer.PublicKey)];
        string[] gone = [.. Peers.Keys.Where(key => !live.Contains(key))];
        return this with { Peers = Peers.RemoveRange(gone), Nat = NatSeen(seen, pid), VppPid = pid };
    }

    private SourceNat NatSeen(VppState seen, uint pid)
    {
        // An older bridge kept no process id.
        if (VppPid != 0 && VppPid != pid)
            return NoNat;
        HashSet<string> inside = NamesOf(seen, seen.Nat.Inside), outside = NamesOf(seen, seen.Nat.Outside);
        return new SourceNat(
            [.. Nat.Inside.Where(inside.Contains)], [.. Nat.Outside.Where(outside.Contains)],
            [.. Nat.Addresses.Where(seen.Nat.Addresses.Contains)], 0);
    }

    private static HashSet<string> NamesOf(VppState seen, IReadOnlyList<uint> indexes) =>
        [.. seen.Interfaces.Where(i => indexes.Contains(i.Index)).Select(i => i.Name)];
}
