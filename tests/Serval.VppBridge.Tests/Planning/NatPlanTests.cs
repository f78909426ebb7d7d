using System.Net;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Transports;
using static Serval.VppBridge.Tests.Planning.PlanBench;

namespace Serval.VppBridge.Tests.Planning;

/// <summary>What becomes of source NAT.</summary>
public sealed class NatPlanTests
{
    [Fact]
    public void Nat_is_enabled_once_with_what_was_asked_for()
    {
        PlanBench bench = new() { Desired = State(nat: Nat(100, ["192.0.2.7"], ["eth0"], ["eth1"])) };
        bench.WithInterfaces("eth0", "eth1");
        bench.MustPlan(
            "needed: enable NAT44 with 100 sessions", "needed: add NAT44 address 192.0.2.7",
            "needed: add eth0 as inside of NAT44", "needed: add eth1 as outside of NAT44");
        bench.WithNat(100, ["192.0.2.7"], [1], [2]);
        bench.MustPlan();
        bench.WithNat(100, ["192.0.2.8"], [2], [1]);
        bench.MustPlan(
            "needed: add NAT44 address 192.0.2.7", "needed: add eth0 as inside of NAT44",
            "needed: add eth1 as outside of NAT44");
    }

    [Fact]
    public void Without_a_wish_nothing_is_enabled() => new PlanBench().MustPlan();

    [Fact]
    public void Sessions_that_cannot_be_changed_are_told()
    {
        PlanBench bench = new() { Desired = State(nat: Nat(100, [], [], [])) };
        bench.WithNat(50, [], [], []);
        bench.MustPlan(
            "source NAT: sessions_max is 50 in VPP and stays so until NAT44 is enabled anew, with a restart "
            + "of VPP; 100 has no effect, 0 takes what VPP has");
        Assert.Equal("nat", bench.Build().Blocked[0].Key);
        bench.Desired = State(nat: Nat(0, [], [], []));
        bench.MustPlan();
    }

    [Fact]
    public void Only_what_the_bridge_has_added_is_taken_away()
    {
        PlanBench bench = new()
        {
            Desired = State(nat: Nat(0, ["192.0.2.1"], ["eth0"], ["eth2"])),
            Leaving = State(nat: Nat(
                0, ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"], ["eth0", "eth1", "eth3", "eth9"],
                ["eth2", "eth3", "eth1"])),
            Made = Provenance.Empty with
            {
                Nat = Nat(
                    0, ["192.0.2.1", "192.0.2.2", "192.0.2.4"], ["eth0", "eth1", "eth9"], ["eth2", "eth3"]),
            },
        };
        bench.WithInterfaces("eth0", "eth1", "eth2", "eth3")
            .WithNat(10, ["192.0.2.1", "192.0.2.2", "192.0.2.3"], [1, 2, 4], [3, 4, 2]);
        bench.MustPlan(
            "needed: remove eth1 as inside of NAT44", "needed: remove eth3 as outside of NAT44",
            "needed: remove NAT44 address 192.0.2.2");
        // What is not there any more needs no step.
        bench.WithNat(10, ["192.0.2.1", "192.0.2.3"], [1, 4], [3, 2]);
        bench.MustPlan();
    }

    [Fact]
    public void The_interface_of_a_tunnel_that_was_given_up_is_found_by_its_name()
    {
        PlanBench bench = new()
        {
            Leaving = State(
                tunnels: [Tunnel("site", 1)], nat: Nat(0, [], ["tunnel:site", "tunnel:other"], [])),
            Made = Provenance.Empty with { Nat = Nat(0, [], ["wg1"], []) },
        };
        bench.WithTunnel(Tunnel("site", 1)).WithNat(10, [], [101], []);
        bench.MustPlan(
            "needed: remove wg1 as inside of NAT44", "needed: delete tunnel site, interface wg1");
    }

    [Fact]
    public void Interfaces_that_are_not_there_are_told_and_the_others_are_set()
    {
        PlanBench bench = new()
        {
            Desired = State(nat: Nat(0, [], ["eth0", "eth9", "tunnel:x"], ["eth1", "tunnel:y"])),
        };
        bench.WithInterfaces("eth0", "eth1", "eth1").WithNat(10, [], [], []);
        bench.MustPlan(
            "needed: add eth0 as inside of NAT44",
            "source NAT: VPP has no interface named 'eth9'", "source NAT: there is no tunnel:x",
            "source NAT: VPP has more than one interface named 'eth1'", "source NAT: there is no tunnel:y");
    }

    [Fact]
    public void A_change_of_something_else_leaves_nat_alone()
    {
        PlanBench bench = new()
        {
            Desired = State(
                acls: [Acl("a", 1)], tunnels: [Tunnel("site", 1), Tunnel("other", 2)],
                nat: Nat(0, [], ["tunnel:site"], [])),
        };
        bench.WithAcl(1, "serval:a", 1);
        bench.MustPlanFor("acl/a");
        // It needs the tunnel that it names.
        bench.MustPlanFor(
            "nat", "needed: create tunnel site as wg1, UDP port 51820",
            "needed: add address 10.9.0.1/24 to wg1", "needed: set wg1 up",
            "needed: enable NAT44 with 65536 sessions",
            "needed: add wg1 as inside of NAT44");
    }

    [Fact]
    public void What_was_added_is_remembered_and_what_was_taken_away_is_not()
    {
        VppChange[] changes =
        [
            new VppChange.SetNatAddress(IPAddress.Parse("192.0.2.1"), true),
            new VppChange.SetNatAddress(IPAddress.Parse("192.0.2.2"), false),
            new VppChange.SetNatInterface("eth0", true, true),
            new VppChange.SetNatInterface("eth1", true, false),
            new VppChange.SetNatInterface("eth2", false, true),
        ];
        SourceNat made = Provenance.Empty.WithNat(changes).WithNat(changes).Nat;
        Assert.Equal(["192.0.2.1"], made.Addresses.Select(address => address.ToString()));
        Assert.Equal(["eth0"], made.Inside);
        Assert.Equal(["eth2"], made.Outside);
        Assert.Same(Provenance.Empty, Provenance.Empty.WithNat(changes[1..2]));
        foreach (VppChange change in (VppChange[])[changes[0], changes[2], changes[4]])
            Assert.NotSame(Provenance.Empty, Provenance.Empty.WithNat([change]));
    }

    [Fact]
    public void A_vpp_that_started_anew_has_nothing_of_ours()
    {
        PlanBench bench = new();
        bench.WithInterfaces("eth0", "eth1").WithNat(10, ["192.0.2.1"], [1], [2])
            .WithTunnel(Tunnel("site", 1, Peer(2)));
        Provenance made = (Provenance.Empty with
        {
            Nat = Nat(0, ["192.0.2.1", "192.0.2.9"], ["eth0", "eth1"], ["eth1", "eth0"]),
        }).WithPeer(Peer(2)).WithPeer(Peer(3));
        Provenance same = made.Seen(bench.Seen, 7);
        Assert.Equal(7u, same.VppPid);
        Assert.Equal([Peer(2).PublicKey], same.Peers.Keys);
        Assert.Equal(["eth0"], same.Nat.Inside);
        Assert.Equal(["eth1"], same.Nat.Outside);
        Assert.Equal(["192.0.2.1"], same.Nat.Addresses.Select(address => address.ToString()));
        Assert.Equal(["eth0"], same.Seen(bench.Seen, 7).Nat.Inside);

        Provenance anew = same.Seen(bench.Seen, 8);
        Assert.Equal(8u, anew.VppPid);
        Assert.Empty(anew.Nat.Inside);
        Assert.Empty(anew.Nat.Outside);
        Assert.Empty(anew.Nat.Addresses);
    }

    [Fact]
    public void Peers_in_place_were_made_as_they_are_asked_for_unless_somebody_remembers_otherwise()
    {
        DesiredState desired = State(tunnels: [Tunnel("site", 1, Peer(2, "198.51.100.2"), Peer(3))]);
        Provenance made = Provenance.Empty.WithPeer(Peer(2, "198.51.100.9")).WithPeersInPlace(desired);
        Assert.Equal(2, made.Peers.Count);
        Assert.Equal("198.51.100.9", made.Peers[Peer(2).PublicKey].EndpointAddress!.ToString());
        Assert.Single(made.WithoutPeer(Peer(2).PublicKey).Peers);
    }

    private static SourceNat Nat(uint sessions, string[] addresses, string[] inside, string[] outside) =>
        new(inside, outside, [.. addresses.Select(IPAddress.Parse)], sessions);
}
