using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;
using static Serval.VppBridge.Tests.Planning.PlanBench;

namespace Serval.VppBridge.Tests.Planning;

/// <summary>What becomes of ACLs and of the interfaces that they are bound to.</summary>
public sealed class AclPlanTests
{
    [Fact]
    public void An_acl_is_made_once_and_replaced_when_its_rules_differ()
    {
        PlanBench bench = new() { Desired = State(acls: [Acl("web", 80, 443)]) };
        bench.MustPlan("needed: create ACL web with 2 rules");
        bench.WithAcl(3, "serval:web", 80);
        bench.MustPlan("needed: replace the 1 rules of ACL web by 2");
        bench.Seen = VppState.Empty;
        bench.WithAcl(3, "serval:web", 443, 80);
        bench.MustPlan("needed: replace the 2 rules of ACL web by 2");
        bench.Seen = VppState.Empty;
        bench.WithAcl(3, "serval:web", 80, 443);
        bench.MustPlan();
    }

    [Fact]
    public void An_acl_of_ours_that_is_not_wanted_goes_and_those_of_others_stay()
    {
        PlanBench bench = new();
        bench.WithAcl(0, "theirs", 80).WithAcl(1, "serval:old", 80);
        bench.MustPlan("needed: delete ACL old");
        Assert.Equal(1u, bench.First<VppChange.DeleteAcl>().Index);
    }

    // A crash can leave two of one name: the first is kept.
    [Fact]
    public void Of_two_with_one_name_the_second_goes()
    {
        PlanBench bench = new() { Desired = State(acls: [Acl("web", 80)]) };
        bench.WithAcl(4, "serval:web", 80).WithAcl(5, "serval:web", 80);
        bench.MustPlan("needed: delete ACL web");
        Assert.Equal(5u, bench.First<VppChange.DeleteAcl>().Index);
    }

    [Fact]
    public void Of_two_with_one_name_the_one_that_goes_is_bound_no_longer()
    {
        PlanBench bench = new()
        {
            Desired = State(acls: [Acl("web", 80)], bindings: [Binding("eth0", ["web"])]),
        };
        bench.WithInterfaces("eth0").WithAcl(4, "serval:web", 80).WithAcl(5, "serval:web", 80)
            .WithLists(1, [5]);
        bench.MustPlan("needed: set ACLs of eth0: input [web], output []", "needed: delete ACL web");
        Assert.Equal(["#5"], bench.First<VppChange.SetAclLists>().InputsBefore);
    }

    [Fact]
    public void An_acl_that_somebody_bound_is_not_taken_away_under_their_feet()
    {
        PlanBench bench = new();
        bench.WithInterfaces("eth0", "eth1").WithAcl(1, "serval:old", 80)
            .WithLists(1, [1]).WithLists(2, [], [1]).WithLists(9, [1]).WithLists(8, [7]);
        bench.MustPlan("ACL old is not wanted, but somebody bound it to eth0, eth1, ?");
        Assert.Equal("acl/old", Assert.Single(bench.Build().Blocked).Key);
    }

    [Theory]
    [InlineData(new uint[] { 1 }, new uint[0])]
    [InlineData(new uint[0], new uint[] { 1 })]
    public void An_acl_that_somebody_bound_in_one_direction_only_is_not_taken_away(
        uint[] inputs, uint[] outputs)
    {
        PlanBench bench = new();
        bench.WithInterfaces("eth0").WithAcl(1, "serval:old", 80).WithLists(1, inputs, outputs);
        bench.MustPlan("ACL old is not wanted, but somebody bound it to eth0");
    }

    [Fact]
    public void An_acl_that_this_plan_unbinds_can_go()
    {
        PlanBench bench = new() { Leaving = State(bindings: [Binding("eth0", ["old"], ["old"])]) };
        bench.WithInterfaces("eth0", "eth1").WithAcl(1, "serval:old", 80).WithLists(1, [1], [1]);
        bench.MustPlan("needed: set ACLs of eth0: input [], output []", "needed: delete ACL old");
        bench.WithLists(2, [1]);
        bench.MustPlan(
            "needed: set ACLs of eth0: input [], output []",
            "ACL old is not wanted, but somebody bound it to eth0, eth1");
    }

    [Fact]
    public void Rules_that_vpp_does_not_enforce_are_told()
    {
        AclRule ports = Rule(80) with { Protocol = 47 };
        AclRule flags = ports with { DestinationPorts = PortRange.All, TcpFlagsMask = 2 };
        PlanBench bench = new()
        {
            Desired = State(acls: [new Acl("flags", [Rule(80), flags]), new Acl("ports", [ports, flags])]),
        };
        bench.MustPlan(
            "needed: create ACL flags with 2 rules", "needed: create ACL ports with 2 rules",
            "ACL flags: VPP does not look at the TCP flags of protocol 47; apply it without them",
            "ACL ports: VPP does not look at the ports of protocol 47; apply it without them");
        Assert.Equal(["acl/flags", "acl/ports"], bench.Build().Blocked.Select(one => one.Key));
    }

    [Fact]
    public void Lists_are_set_when_they_differ_in_anything_and_after_their_acls_are_made()
    {
        PlanBench bench = new()
        {
            Desired = State(
                acls: [Acl("a", 1), Acl("b", 2)], bindings: [Binding("eth0", ["a", "b"], ["b"])]),
        };
        bench.WithInterfaces("eth0");
        bench.MustPlan(
            "needed: create ACL a with 1 rules", "needed: create ACL b with 1 rules",
            "needed: set ACLs of eth0: input [a, b], output [b]");
        bench.WithAcl(6, "serval:a", 1).WithAcl(7, "serval:b", 2).WithLists(1, [6, 7], [7]);
        bench.MustPlan();
        foreach ((uint[] inputs, uint[] outputs) in
            (IEnumerable<(uint[], uint[])>)[([7, 6], [7]), ([6, 7], []), ([6, 7], [6]), ([6], [7])])
        {
            bench.WithLists(1, inputs, outputs);
            bench.MustPlan("needed: set ACLs of eth0: input [a, b], output [b]");
        }
    }

    [Fact]
    public void Lists_of_an_interface_that_is_not_there_or_twice_wait()
    {
        PlanBench bench = new()
        {
            Desired = State(
                acls: [Acl("a", 1)],
                bindings: [Binding("eth0", ["a"]), Binding("eth9", ["a"]), Binding("tunnel:x", ["a"])]),
        };
        bench.WithInterfaces("eth0", "eth0").WithAcl(6, "serval:a", 1);
        bench.MustPlan(
            "ACLs of eth0: VPP has more than one interface named 'eth0'",
            "ACLs of eth9: VPP has no interface named 'eth9'",
            "ACLs of tunnel:x: there is no such tunnel");
        Assert.Equal(
            ["binding/eth0", "binding/eth9", "binding/tunnel:x"],
            bench.Build().Blocked.Select(one => one.Key));
    }

    [Theory]
    [InlineData(new uint[] { 6, 7 }, new uint[0])]
    [InlineData(new uint[] { 6 }, new uint[] { 7 })]
    public void Lists_that_hold_an_acl_of_others_are_not_touched(uint[] inputs, uint[] outputs)
    {
        PlanBench bench = new()
        {
            Desired = State(acls: [Acl("a", 1)], bindings: [Binding("eth0", [])]),
        };
        bench.WithInterfaces("eth0").WithAcl(6, "serval:a", 1).WithAcl(7, "theirs", 1)
            .WithLists(1, inputs, outputs);
        bench.MustPlan("ACLs of eth0: ACL index 7, which is not ours, is bound there");
    }

    [Fact]
    public void Lists_that_are_wanted_no_longer_become_empty_where_the_interface_is_there()
    {
        PlanBench bench = new()
        {
            Desired = State(acls: [Acl("a", 1)], bindings: [Binding("eth0", ["a"])]),
            Leaving = State(bindings:
            [
                Binding("eth0", ["b"]), Binding("eth1", ["a"]), Binding("eth9", ["a"]),
                Binding("tunnel:gone", ["a"]),
            ]),
        };
        bench.WithInterfaces("eth0", "eth1").WithAcl(6, "serval:a", 1)
            .WithLists(1, [6]).WithLists(2, [6], [6]);
        bench.MustPlan("needed: set ACLs of eth1: input [], output []");
        bench.Leaving = State(bindings: [Binding("twice", ["a"])]);
        bench.Seen = bench.Seen with
        {
            Interfaces =
            [
                .. bench.Seen.Interfaces, new VppInterface(3, "twice", true, true, 1_500, []),
                new VppInterface(4, "twice", true, true, 1_500, []),
            ],
        };
        Assert.Contains(
            "ACLs of twice: VPP has more than one interface named 'twice'", bench.Build().Describe());
    }

    [Fact]
    public void An_acl_of_ours_where_nobody_asked_for_it_is_told()
    {
        PlanBench bench = new()
        {
            Desired = State(acls: [Acl("a", 1)], bindings: [Binding("eth0", ["a"])]),
        };
        bench.WithInterfaces("eth0", "eth1").WithAcl(6, "serval:a", 1).WithAcl(7, "theirs", 1)
            .WithLists(9, [6, 7]).WithLists(2, [6], [6]).WithLists(1, [6]);
        bench.MustPlan(
            "ACL a is bound to eth1, and not by us", "ACL a is bound to sw_if_index 9, and not by us");
        Assert.All(bench.Build().Blocked, one => Assert.Equal("", one.Key));
        // It is nobody's fault who changes something else.
        bench.MustPlanFor("acl/a");
    }

    [Fact]
    public void A_change_looks_only_at_what_it_is_about()
    {
        PlanBench bench = new()
        {
            Desired = State(
                acls: [Acl("a", 1), Acl("b", 2), Acl("c", 3)],
                bindings: [Binding("eth0", ["a"]), Binding("eth1", ["b"], ["c"])]),
            Leaving = State(bindings: [Binding("eth2", ["a"])]),
        };
        bench.WithInterfaces("eth0", "eth1", "eth2").WithAcl(9, "serval:old", 1)
            .WithAcl(10, "serval:a", 1).WithLists(3, [10]);
        bench.MustPlanFor("acl/b", "needed: create ACL b with 1 rules");
        bench.MustPlanFor(
            "binding/eth1", "needed: create ACL b with 1 rules", "needed: create ACL c with 1 rules",
            "needed: set ACLs of eth1: input [b], output [c]");
        bench.MustPlanFor("binding/eth2", "needed: set ACLs of eth2: input [], output []");
        bench.MustPlanFor("acl/old", "needed: delete ACL old");
    }
}
