using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;
using static Serval.VppBridge.Tests.EndToEnd.Gateway;

namespace Serval.VppBridge.Tests.Faults;

/// <summary>A change and the change that takes it back.</summary>
internal sealed record FaultScenario(string Name, Func<Gateway, Task> Do, Func<Gateway, Task> Undo)
{
    private const string OtherKey = "b9l6sbVRFMmN3bSbIwuXZ0w2GGfaJN3c7Eoz2gDOBlk=";

    public static readonly FaultScenario[] All =
    [
        new("a new ACL",
            g => g.ApplyAsync(Acl("new", Rule(AclAction.Deny, "10.3.0.0/16"), Rule(AclAction.Permit))),
            g => g.CallAsync(
                "DeleteAcl", new DeleteAclRequest { Name = "new" }, DeleteAclResponse.Parser)),
        new("other rules of a bound ACL",
            g => g.ApplyAsync(Acl("web", Rule(AclAction.Permit, "10.9.0.0/16", port: 443))),
            g => g.ApplyAsync(Web())),
        new("a longer list",
            g => g.BindAsync("host-vw", ["web", "rest"], ["rest"]),
            g => g.BindAsync("host-vw", [], [])),
        new("a shorter list",
            g => g.BindAsync("host-va", ["web"], []),
            g => g.BindAsync("host-va", ["web", "rest"], ["rest"])),
        new("a new tunnel", g => CreateTunnelAsync(g, "site-b", 51821, OtherKey),
            g => g.CallAsync(
                "DeleteTunnel", new DeleteTunnelRequest { Name = "site-b" }, DeleteTunnelResponse.Parser)),
        new("a peer that goes",
            g => g.CallAsync(
                "RemoveTunnelPeer",
                new RemoveTunnelPeerRequest { Tunnel = "site-a", PublicKey = Peer().PublicKey },
                RemoveTunnelPeerResponse.Parser),
            g => g.CallAsync(
                "AddTunnelPeer", new AddTunnelPeerRequest { Tunnel = "site-a", Peer = Peer() },
                AddTunnelPeerResponse.Parser)),
        new("a peer that changes",
            g => SetKeepaliveAsync(g, 25), g => SetKeepaliveAsync(g, 0)),
        new("other source NAT", g => SetNatAsync(g, "10.2.0.1", "10.2.0.2"), g => SetNatAsync(g, "10.2.0.1")),
    ];

    /// <summary>What stands before each change.</summary>
    public static async Task PrepareAsync(Gateway gateway)
    {
        await gateway.ApplyAsync(Web());
        await gateway.ApplyAsync(Acl("rest", Rule(AclAction.Deny)));
        await gateway.BindAsync("host-va", ["web", "rest"], ["rest"]);
        await SetNatAsync(gateway, "10.2.0.1");
        await CreateTunnelAsync(gateway, "site-a", 51820, Peer().PublicKey);
        await gateway.BindAsync("tunnel:site-a", ["web", "rest"], []);
    }

    public override string ToString() => Name;

    private static Acl Web() => Acl("web", Rule(AclAction.Permit, "10.1.0.0/24"));

    private static TunnelPeer Peer() => TunnelTests.Wanted().Peers[0];

    private static Task CreateTunnelAsync(Gateway gateway, string name, uint port, string key)
    {
        Tunnel tunnel = TunnelTests.Wanted();
        tunnel.Name = name;
        tunnel.ListenPort = port;
        tunnel.Peers[0].PublicKey = key;
        if (port != 51820)
        {
            tunnel.Addresses[0] = "10.98.0.1/24";
            tunnel.Peers[0].TunnelAddress = "10.98.0.2";
            tunnel.Peers[0].Routes[0] = "10.51.0.0/16";
            tunnel.Peers[0].AllowedIps.Clear();
            tunnel.Peers[0].AllowedIps.AddRange(["10.98.0.2/32", "10.51.0.0/16"]);
        }

        return gateway.CallAsync(
            "CreateTunnel", new CreateTunnelRequest { Tunnel = tunnel }, CreateTunnelResponse.Parser);
    }

    private static Task SetKeepaliveAsync(Gateway gateway, uint seconds)
    {
        TunnelPeer peer = Peer();
        peer.PersistentKeepaliveS = seconds;
        return gateway.CallAsync(
            "AddTunnelPeer", new AddTunnelPeerRequest { Tunnel = "site-a", Peer = peer },
            AddTunnelPeerResponse.Parser);
    }

    private static Task SetNatAsync(Gateway gateway, params string[] addresses)
    {
        var nat = new SourceNat { InsideInterfaces = { "host-va" }, OutsideInterfaces = { "host-vb" } };
        nat.Addresses.AddRange(addresses);
        return gateway.CallAsync(
            "SetSourceNat", new SetSourceNatRequest { SourceNat = nat }, SetSourceNatResponse.Parser);
    }
}
