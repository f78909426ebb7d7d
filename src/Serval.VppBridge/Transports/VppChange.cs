using System.Globalization;
using System.Net;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Transports;

/// <summary>One change that VPP makes in one piece. Objects go by name: indexes are looked up when it is
/// made. What ToString gives is shown to users: it never holds a key.</summary>
internal abstract record VppChange
{
    private VppChange()
    {
    }

    public sealed record AddAcl(Acl Acl) : VppChange
    {
        public override string ToString() => Say($"create ACL {Acl.Name} with {Acl.Rules.Count} rules");
    }

    public sealed record ReplaceAcl(Acl Acl, IReadOnlyList<AclRule> Before) : VppChange
    {
        public override string ToString() =>
            Say($"replace the {Before.Count} rules of ACL {Acl.Name} by {Acl.Rules.Count}");
    }

    public sealed record DeleteAcl(string Name, uint Index) : VppChange
    {
        public override string ToString() => $"delete ACL {Name}";
    }

    /// <summary>Lists by name; an ACL that is not ours is "#INDEX".</summary>
    public sealed record SetAclLists(
        string Interface,
        IReadOnlyList<string> InputsBefore, IReadOnlyList<string> OutputsBefore,
        IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs) : VppChange
    {
        public override string ToString() =>
            $"set ACLs of {Interface}: input [{string.Join(", ", Inputs)}],"
            + $" output [{string.Join(", ", Outputs)}]";
    }

    /// <summary>Empties the lists of an interface and sets them again. In between nothing is bound: see
    /// decision 48.</summary>
    public sealed record CutSessions(
        string Interface, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs) : VppChange
    {
        public override string ToString() => $"cut the sessions of {Interface} by setting its ACLs anew";
    }

    public sealed record CreateTunnel(Tunnel Tunnel) : VppChange
    {
        public override string ToString() =>
            Say($"create tunnel {Tunnel.Name} as {Tunnel.InterfaceName}, UDP port {Tunnel.ListenPort}");
    }

    public sealed record DeleteTunnel(string Interface, string Name) : VppChange
    {
        public override string ToString() => $"delete tunnel {Name}, interface {Interface}";
    }

    public sealed record AddAddress(string Interface, IpPrefix Address) : VppChange
    {
        public override string ToString() => $"add address {Address} to {Interface}";
    }

    public sealed record SetUp(string Interface) : VppChange
    {
        public override string ToString() => $"set {Interface} up";
    }

    public sealed record AddPeer(string Interface, TunnelPeer Peer) : VppChange
    {
        public override string ToString() => $"add peer {Peer.PublicKey} to {Interface}";
    }

    public sealed record RemovePeer(string Interface, string PublicKey, uint PeerIndex) : VppChange
    {
        public override string ToString() => $"remove peer {PublicKey} from {Interface}";
    }

    public sealed record AddRoute(string Interface, TunnelRoute Route) : VppChange
    {
        public override string ToString() => $"add route {Route.Prefix} via {Route.Via} {Interface}";
    }

    public sealed record RemoveRoute(string Interface, TunnelRoute Route) : VppChange
    {
        public override string ToString() => $"remove route {Route.Prefix} via {Route.Via} {Interface}";
    }

    public sealed record EnableNat(uint SessionsMax) : VppChange
    {
        public override string ToString() => Say($"enable NAT44 with {SessionsMax} sessions");
    }

    public sealed record SetNatAddress(IPAddress Address, bool IsAdd) : VppChange
    {
        public override string ToString() => (IsAdd ? "add" : "remove") + $" NAT44 address {Address}";
    }

    public sealed record SetNatInterface(string Interface, bool IsInside, bool IsAdd) : VppChange
    {
        public override string ToString() =>
            $"{(IsAdd ? "add" : "remove")} {Interface} as {(IsInside ? "inside" : "outside")} of NAT44";
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
