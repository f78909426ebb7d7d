using System.Net;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using static Serval.VppBridge.Tests.Planning.PlanBench;

namespace Serval.VppBridge.Tests.Planning;

/// <summary>What becomes of tunnels, their peers and routes.</summary>
public sealed class TunnelPlanTests
{
    private static readonly TunnelPeer Far = Peer(2, "198.51.100.2", "10.20.0.0/16");

    [Fact]
    public void A_tunnel_carries_nothing_before_its_acls_are_bound()
    {
        PlanBench bench = new()
        {
            Desired = State(
                acls: [Acl("a", 1)], bindings: [Binding("tunnel:site", ["a"])],
                tunnels: [Tunnel("site", 1, Far)], nat: new SourceNat(["tunnel:site"], ["eth0"], [], 0)),
        };
        bench.WithInterfaces("eth0");
        bench.MustPlan(
            "needed: create ACL a with 1 rules",
            "needed: create tunnel site as wg1, UDP port 51820",
            "needed: add address 10.9.0.1/24 to wg1",
            "needed: set ACLs of wg1: input [a], output []",
            "needed: set wg1 up",
            $"needed: add peer {Far.PublicKey} to wg1",
            "needed: add route 10.9.0.2/32 via 10.9.0.2 wg1",
            "needed: add route 10.20.0.0/16 via 10.9.0.2 wg1",
            "needed: enable NAT44 with 65536 sessions",
            "needed: add wg1 as inside of NAT44",
            "needed: add eth0 as outside of NAT44");
    }

    [Fact]
    public void A_tunnel_that_is_whole_is_left_alone()
    {
        PlanBench bench = new() { Desired = State(tunnels: [Tunnel("site", 1, Far), Tunnel("other", 2)]) };
        bench.WithTunnel(Tunnel("other", 2)).WithTunnel(Tunnel("site", 1, Far));
        bench.MustPlan();
    }

    [Fact]
    public void What_a_tunnel_lacks_is_put_back()
    {
        Tunnel wanted = Tunnel("site", 1, Far, Peer(3)) with
        {
            Addresses = [Prefix("10.9.0.1/24"), Prefix("10.9.1.1/24")],
        };
        PlanBench bench = new() { Desired = State(tunnels: [wanted]) };
        bench.WithTunnel(Tunnel("site", 1, Peer(2, "198.51.100.2")), isUp: false);
        bench.MustPlan(
            "needed: add address 10.9.1.1/24 to wg1",
            "needed: set wg1 up",
            $"needed: add peer {Peer(3).PublicKey} to wg1",
            "needed: add route 10.20.0.0/16 via 10.9.0.2 wg1",
            "needed: add route 10.9.0.3/32 via 10.9.0.3 wg1");
    }

    // Read one after the other, what VPP shows may not fit together.
    [Fact]
    public void A_tunnel_whose_interface_is_not_shown_lacks_everything_of_an_interface()
    {
        PlanBench bench = new() { Desired = State(tunnels: [Tunnel("site", 1)]) };
        bench.WithTunnel(Tunnel("site", 1));
        bench.Seen = bench.Seen with { Interfaces = [] };
        bench.MustPlan("needed: add address 10.9.0.1/24 to wg1", "needed: set wg1 up");
    }

    // The same peer in two tunnels: what one of them has is no peer of the other's.
    [Fact]
    public void Peers_and_routes_count_where_they_are()
    {
        PlanBench bench = new() { Desired = State(tunnels: [Tunnel("a", 1, Far), Tunnel("b", 2, Far)]) };
        bench.WithTunnel(Tunnel("a", 1, Far)).WithTunnel(Tunnel("b", 2));
        bench.MustPlan(
            $"needed: add peer {Far.PublicKey} to wg2",
            "needed: add route 10.9.0.2/32 via 10.9.0.2 wg2",
            "needed: add route 10.20.0.0/16 via 10.9.0.2 wg2");
    }

    public static TheoryData<string> Settings => ["key", "port", "address"];

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_tunnel_of_ours_with_other_settings_is_made_anew(string setting)
    {
        Tunnel old = With(setting);
        PlanBench bench = new()
        {
            Desired = State(tunnels: [Tunnel("site", 1, Far)]),
            Leaving = State(tunnels: [old]),
        };
        bench.WithTunnel(old);
        bench.MustPlan(
            $"needed: remove peer {Far.PublicKey} from wg1",
            "needed: delete tunnel site, interface wg1",
            "needed: create tunnel site as wg1, UDP port 51820",
            "needed: add address 10.9.0.1/24 to wg1",
            "needed: set wg1 up",
            $"needed: add peer {Far.PublicKey} to wg1",
            "needed: add route 10.9.0.2/32 via 10.9.0.2 wg1",
            "needed: add route 10.20.0.0/16 via 10.9.0.2 wg1");
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void An_interface_of_somebody_else_is_not_touched(string setting)
    {
        PlanBench bench = new()
        {
            Desired = State(
                bindings: [Binding("tunnel:site", [])], tunnels: [Tunnel("site", 1, Far)],
                nat: new SourceNat(["tunnel:site"], [], [], 0)),
            Leaving = State(tunnels: [Tunnel("site", 1)]),
        };
        bench.WithTunnel(With(setting)).WithNat(10, [], [], []);
        bench.MustPlan(
            "tunnel site: wg1 of VPP belongs to somebody else",
            "ACLs of tunnel:site: wg1 of VPP belongs to somebody else",
            "source NAT: tunnel:site is not ours in VPP");
        Assert.Equal(
            ["tunnel/site", "binding/tunnel:site", "nat"], bench.Build().Blocked.Select(one => one.Key));
    }

    [Fact]
    public void A_tunnel_whose_acls_cannot_be_bound_gets_no_traffic()
    {
        PlanBench bench = new()
        {
            Desired = State(
                acls: [Acl("a", 1)], bindings: [Binding("tunnel:site", ["a"])],
                tunnels: [Tunnel("site", 1, Far)]),
        };
        bench.WithTunnel(Tunnel("site", 1), isUp: false).WithAcl(1, "serval:a", 1).WithAcl(2, "theirs", 1)
            .WithLists(101, [2]);
        bench.MustPlan(
            "ACLs of tunnel:site: ACL index 2, which is not ours, is bound there",
            "tunnel site: it gets no traffic before its ACLs are bound: ACL index 2, which is not ours, is "
            + "bound there");
        Assert.Equal("tunnel/site", bench.Build().Blocked[1].Key);

        // With nothing to do for it there is nothing to hold back.
        bench.Seen = VppState.Empty;
        bench.WithTunnel(Tunnel("site", 1, Far)).WithAcl(1, "serval:a", 1).WithAcl(2, "theirs", 1)
            .WithLists(101, [2]);
        bench.MustPlan("ACLs of tunnel:site: ACL index 2, which is not ours, is bound there");
    }

    [Fact]
    public void A_peer_with_other_settings_is_made_anew()
    {
        TunnelPeer[] others =
        [
            Far with { KeepaliveS = 26 }, Far with { AllowedIps = [Prefix("10.9.0.0/24")] },
            Far with { AllowedIps = [] },
        ];
        foreach (TunnelPeer other in others)
        {
            PlanBench bench = new() { Desired = State(tunnels: [Tunnel("site", 1, other)]) };
            bench.WithTunnel(Tunnel("site", 1, Far));
            bench.MustPlan(
                $"needed: remove peer {Far.PublicKey} from wg1", $"needed: add peer {Far.PublicKey} to wg1");
        }
    }

    // VPP replaces an endpoint by the address that the peer sends from, so it cannot tell what was asked for.
    [Fact]
    public void The_endpoint_of_a_peer_is_what_it_was_made_for()
    {
        TunnelPeer moved = Peer(2, "198.51.100.99", "10.20.0.0/16");
        TunnelPeer anotherPort = Far with { EndpointPort = 1 };
        foreach (TunnelPeer wanted in (TunnelPeer[])[moved, anotherPort])
        {
            PlanBench bench = new() { Desired = State(tunnels: [Tunnel("site", 1, wanted)]) };
            bench.WithTunnel(Tunnel("site", 1, Far));
            // Nobody remembers anything else.
            bench.MustPlan();
            bench.Made = Provenance.Empty.WithPeer(wanted);
            bench.MustPlan();
            string[] anew =
            [
                $"needed: remove peer {Far.PublicKey} from wg1", $"needed: add peer {Far.PublicKey} to wg1",
            ];
            bench.Made = Provenance.Empty.WithPeer(Far);
            bench.MustPlan(anew);
            // Nobody remembers, but another endpoint was asked for before.
            bench.Made = Provenance.Empty;
            bench.Leaving = State(tunnels: [Tunnel("site", 1, Far)]);
            bench.MustPlan(anew);
            bench.Leaving = State(tunnels: [Tunnel("site", 1, wanted, Peer(3, "198.51.100.3"))]);
            bench.MustPlan();
        }
    }

    [Fact]
    public void A_tunnel_that_was_given_up_goes_with_all_that_is_on_it()
    {
        PlanBench bench = new() { Leaving = State(tunnels: [Tunnel("site", 1, Far)]) };
        bench.WithTunnel(Tunnel("site", 1, Far, Peer(9)));
        bench.MustPlan(
            "needed: remove route 10.9.0.2/32 via 10.9.0.2 wg1",
            "needed: remove route 10.20.0.0/16 via 10.9.0.2 wg1",
            $"needed: remove peer {Far.PublicKey} from wg1",
            $"needed: remove peer {Peer(9).PublicKey} from wg1",
            "needed: delete tunnel site, interface wg1");
    }

    [Fact]
    public void What_was_given_up_twice_is_taken_away_once()
    {
        PlanBench bench = new()
        {
            Leaving = State(tunnels: [Tunnel("site", 1, Far)])
                .WithLeaving(State(tunnels: [Tunnel("site", 1, Far) with { Addresses = [] }])),
        };
        bench.WithTunnel(Tunnel("site", 1, Far));
        bench.MustPlan(
            "needed: remove route 10.9.0.2/32 via 10.9.0.2 wg1",
            "needed: remove route 10.20.0.0/16 via 10.9.0.2 wg1",
            $"needed: remove peer {Far.PublicKey} from wg1",
            "needed: delete tunnel site, interface wg1");
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_tunnel_that_was_given_up_and_is_somebody_elses_by_now_stays(string setting)
    {
        PlanBench bench = new() { Leaving = State(tunnels: [Tunnel("site", 1, Far)]) };
        bench.WithTunnel(With(setting));
        bench.MustPlan();
        bench.Seen = VppState.Empty;
        bench.MustPlan();
    }

    // What a stranger put on a tunnel that stays is the stranger's.
    [Fact]
    public void A_peer_and_its_routes_go_while_the_tunnel_stays()
    {
        PlanBench bench = new()
        {
            Desired = State(tunnels: [Tunnel("site", 1, Peer(3))]),
            Leaving = State(tunnels: [Tunnel("site", 1, Far, Peer(3, null, "10.30.0.0/16"))]),
        };
        bench.WithTunnel(Tunnel("site", 1, Far, Peer(3, null, "10.30.0.0/16"), Peer(9)));
        bench.MustPlan(
            "needed: remove route 10.9.0.2/32 via 10.9.0.2 wg1",
            "needed: remove route 10.20.0.0/16 via 10.9.0.2 wg1",
            "needed: remove route 10.30.0.0/16 via 10.9.0.3 wg1",
            $"needed: remove peer {Far.PublicKey} from wg1");
    }

    [Fact]
    public void A_change_looks_only_at_its_tunnel_and_what_guards_it()
    {
        PlanBench bench = new()
        {
            Desired = State(
                acls: [Acl("a", 1), Acl("b", 2)],
                bindings: [Binding("tunnel:one", ["a"]), Binding("wg2", ["b"])],
                tunnels: [Tunnel("one", 1), Tunnel("two", 2)]),
            Leaving = State(tunnels: [Tunnel("three", 3, Far)]),
        };
        bench.WithTunnel(Tunnel("three", 3, Far));
        bench.MustPlanFor(
            "tunnel/one", "needed: create ACL a with 1 rules",
            "needed: create tunnel one as wg1, UDP port 51820", "needed: add address 10.9.0.1/24 to wg1",
            "needed: set ACLs of wg1: input [a], output []", "needed: set wg1 up");
        bench.MustPlanFor(
            "binding/wg2", "needed: create ACL b with 1 rules",
            "needed: create tunnel two as wg2, UDP port 51820", "needed: add address 10.9.0.1/24 to wg2",
            "needed: set ACLs of wg2: input [b], output []", "needed: set wg2 up");
        bench.MustPlanFor(
            "tunnel/three", "needed: remove route 10.9.0.2/32 via 10.9.0.2 wg3",
            "needed: remove route 10.20.0.0/16 via 10.9.0.2 wg3",
            $"needed: remove peer {Far.PublicKey} from wg3", "needed: delete tunnel three, interface wg3");
    }

    private static Tunnel With(string setting)
    {
        Tunnel tunnel = Tunnel("site", 1, Far with { TunnelAddress = null, Routes = [] });
        return setting switch
        {
            "key" => tunnel with { Key = Key(7) },
            "port" => tunnel with { ListenPort = 1 },
            _ => tunnel with { LocalAddress = IPAddress.Parse("192.0.2.9") },
        };
    }
}
