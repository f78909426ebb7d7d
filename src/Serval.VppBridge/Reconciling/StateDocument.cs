using System.Net;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Reconciling;

/// <summary>The states as they are written to disk.</summary>
/// <param name="Desired">What is asked for.</param>
/// <param name="Leaving">What is there to be taken away.</param>
/// <param name="NatMade">The NAT44 entries that the bridge added; null in a file of an older bridge.</param>
/// <param name="VppPid">The process id of the VPP that has them; 0 when it is not known.</param>
internal sealed record StateDocument(
    StateDocument.State Desired, StateDocument.State Leaving, StateDocument.NatEntry? NatMade = null,
    uint VppPid = 0)
{
    public static StateDocument From(DesiredState desired, DesiredState leaving, Provenance made) =>
        new(State.From(desired), State.From(leaving), NatEntry.From(made.Nat), made.VppPid);

    /// <summary>An older bridge took all NAT entries for its own.</summary>
    public Provenance ToMade() =>
        Provenance.Empty with { Nat = NatMade?.ToNat() ?? ToNatOfOlderBridge(), VppPid = VppPid };

    private SourceNat ToNatOfOlderBridge()
    {
        (DesiredState desired, DesiredState leaving) = ToStates();
        IEnumerable<SourceNat> all = new[] { desired.Nat, leaving.Nat }.OfType<SourceNat>();
        return new SourceNat(
            [.. all.SelectMany(n => n.Inside).SelectMany(InterfacesOf).Distinct()],
            [.. all.SelectMany(n => n.Outside).SelectMany(InterfacesOf).Distinct()],
            [.. all.SelectMany(n => n.Addresses).Distinct()], 0);

        IEnumerable<string> InterfacesOf(string name) =>
            desired.InterfacesOf(name).Concat(leaving.InterfacesOf(name));
    }

    public (DesiredState Desired, DesiredState Leaving) ToStates()
    {
        DesiredState leaving = Leaving.Tunnels.Aggregate(
            (Leaving with { Tunnels = [] }).ToState(),
            (state, tunnel) => state.WithLeaving(new State([], [], [tunnel], null, [], 0).ToState()));
        return (Desired.ToState(), Leaving.IsEmpty ? DesiredState.Empty : leaving);
    }

    internal sealed record State(
        List<AclEntry> Acls, List<AclBinding> Bindings, List<TunnelEntry> Tunnels, NatEntry? Nat,
        SortedDictionary<string, long> Versions, long LastVersion)
    {
        public static State From(DesiredState state) => new(
            [.. state.Acls.Values.Select(AclEntry.From)],
            [.. state.Bindings.Values],
            [.. state.Tunnels.Values.Select(TunnelEntry.From)],
            state.Nat is null ? null : NatEntry.From(state.Nat),
            new SortedDictionary<string, long>(state.Versions, StringComparer.Ordinal),
            state.LastVersion);

        public bool IsEmpty => Acls.Count + Bindings.Count + Tunnels.Count == 0 && Nat is null;

        public DesiredState ToState() => DesiredState.Empty with
        {
            Acls = DesiredState.Empty.Acls.AddRange(Acls.Select(a => KeyValuePair.Create(a.Name, a.ToAcl()))),
            Bindings = DesiredState.Empty.Bindings.AddRange(
                Bindings.Select(b => KeyValuePair.Create(b.Interface, b))),
            Tunnels = DesiredState.Empty.Tunnels.AddRange(
                Tunnels.Select(t => KeyValuePair.Create(t.Name, t.ToTunnel()))),
            Nat = Nat?.ToNat(),
            Versions = DesiredState.Empty.Versions.AddRange(Versions),
            LastVersion = LastVersion,
        };
    }

    /// <summary>Rules as the words of VPP's CLI would have them are long; these are tuples.</summary>
    internal sealed record AclEntry(string Name, List<RuleEntry> Rules)
    {
        public static AclEntry From(Acl acl) => new(acl.Name, [.. acl.Rules.Select(RuleEntry.From)]);

        public Acl ToAcl() => new(Name, [.. Rules.Select(r => r.ToRule())]);
    }

    internal sealed record RuleEntry(
        byte Action, string Source, string Destination, byte Protocol,
        ushort SourceFirst, ushort SourceLast, ushort DestinationFirst, ushort DestinationLast, byte Mask,
            byte Value)
    {
        public static RuleEntry From(AclRule rule) => new(
            (byte)rule.Action, rule.Source.ToString(), rule.Destination.ToString(), rule.Protocol,
            rule.SourcePorts.First, rule.SourcePorts.Last, rule.DestinationPorts.First,
                rule.DestinationPorts.Last,
            rule.TcpFlagsMask, rule.TcpFlagsValue);

        public AclRule ToRule() => new(
            (AclAction)Action, ParsePrefix(Source), ParsePrefix(Destination), Protocol,
            new PortRange(SourceFirst, SourceLast), new PortRange(DestinationFirst, DestinationLast), Mask,
                Value);
    }

    internal sealed record TunnelEntry(
        string Name, uint Instance, string LocalAddress, ushort ListenPort, string PrivateKey,
        List<string> Addresses, List<PeerEntry> Peers)
    {
        public static TunnelEntry From(Tunnel tunnel) => new(
            tunnel.Name, tunnel.Instance, tunnel.LocalAddress.ToString(), tunnel.ListenPort,
            tunnel.Key.RevealBase64(), [.. tunnel.Addresses.Select(a => a.ToString())],
            [.. tunnel.Peers.Select(PeerEntry.From)]);

        public Tunnel ToTunnel() => new(
            Name, Instance, IPAddress.Parse(LocalAddress), ListenPort,
            Keys.PrivateKey.TryParse(PrivateKey, out PrivateKey? key)
                ? key!
                : throw new InvalidDataException($"the key of tunnel {Name} is damaged"),
            [.. Addresses.Select(ParsePrefix)], [.. Peers.Select(p => p.ToPeer())]);
    }

    internal sealed record PeerEntry(
        string PublicKey, string? Endpoint, ushort Port, ushort KeepaliveS,
        List<string> AllowedIps, string? TunnelAddress, List<string> Routes)
    {
        public static PeerEntry From(TunnelPeer peer) => new(
            peer.PublicKey, peer.EndpointAddress?.ToString(), peer.EndpointPort, peer.KeepaliveS,
            [.. peer.AllowedIps.Select(a => a.ToString())], peer.TunnelAddress?.ToString(),
            [.. peer.Routes.Select(r => r.ToString())]);

        public TunnelPeer ToPeer() => new(
            PublicKey, Endpoint is null ? null : IPAddress.Parse(Endpoint), Port, KeepaliveS,
            [.. AllowedIps.Select(ParsePrefix)], TunnelAddress is null ? null
                : IPAddress.Parse(TunnelAddress),
            [.. Routes.Select(ParsePrefix)]);
    }

    internal sealed record NatEntry(
        List<string> Inside, List<string> Outside, List<string> Addresses, uint SessionsMax)
    {
        public static NatEntry From(SourceNat nat) => new(
            [.. nat.Inside], [.. nat.Outside], [.. nat.Addresses.Select(a => a.ToString())], nat.SessionsMax);

        public SourceNat ToNat() => new(Inside, Outside, [.. Addresses.Select(IPAddress.Parse)], SessionsMax);
    }

    private static IpPrefix ParsePrefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix)
        ? prefix
        : throw new InvalidDataException($"prefix '{text}' in the state file is damaged");
}
