using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using static Serval.VppBridge.Tests.Planning.PlanBench;

namespace Serval.VppBridge.Tests.Planning;

/// <summary>Sessions that outlive the rules that opened them, and what else a caller is warned of.</summary>
public sealed class SessionTests
{
    private static readonly Acl Opening =
        new("opening", [Rule(80), Rule(81) with { Action = AclAction.PermitReflect }]);

    [Fact]
    public void Interfaces_whose_sessions_live_on_are_named_when_their_rules_or_lists_change()
    {
        PlanBench bench = Bench();
        bench.Desired = State(
            acls: [Opening with { Rules = [Rule(80)] }, Acl("plain", 1)],
            bindings:
            [
                Binding("eth0", ["opening", "plain"]), Binding("eth1", ["plain"]),
                Binding("eth2", [], ["opening"]),
            ]);
        Assert.Equal(
            ["sessions that permit-and-reflect rules opened on eth0, eth2 live on and pass the new rules; "
                + "cut_sessions cuts them"],
            Warnings(bench));
        Assert.Empty(ChangeWarnings.Build(bench.Build(), bench.Desired, bench.Seen, sessionsSurvive: false));

        bench.Desired = State(
            acls: [Opening, Acl("plain", 1)],
            bindings:
            [
                Binding("eth0", ["opening"]), Binding("eth1", ["opening"]),
                Binding("eth2", [], ["opening"]),
            ]);
        Assert.Contains("opened on eth0 live on", Assert.Single(Warnings(bench)), StringComparison.Ordinal);

        // Lists that become empty cut the sessions, and rules that are as before keep what they let through.
        bench.Desired = State(
            acls: [Opening, Acl("plain", 1)],
            bindings: [Binding("eth0", []), Binding("eth1", ["plain"]), Binding("eth2", [], ["opening"])]);
        Assert.Empty(Warnings(bench));
        bench.Desired = State(
            acls: [Opening, Acl("plain", 2)],
            bindings:
            [
                Binding("eth0", ["opening", "plain"]), Binding("eth1", ["plain"]),
                Binding("eth2", [], ["opening"]),
            ]);
        // One list of the interface opened sessions, another one that is looked at before it is replaced.
        Assert.Contains("opened on eth0 live on", Assert.Single(Warnings(bench)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void More_rules_on_all_interfaces_than_vpp_has_memory_for_are_told(int more, bool isTold)
    {
        const int each = 10_000;
        Acl large = new("large", [.. Enumerable.Repeat(Rule(1), each)]);
        Acl small = new("small", [.. Enumerable.Repeat(Rule(1), more)]);
        AclBinding[] bindings =
        [
            .. Enumerable.Range(0, Limits.BoundRulesWarned / each / 2).Select(
                i => Binding($"eth{i}", ["large", "none"], ["large"])),
            Binding("last", ["small"]),
        ];
        PlanBench bench = new() { Desired = State(acls: [large, small], bindings: bindings) };
        bench.WithInterfaces([.. bindings.Select(one => one.Interface)])
            .WithAcl(1, "serval:small").WithAcl(2, "serval:large");
        string[] warnings = Warnings(bench);
        if (isTold)
            Assert.StartsWith(
                "ACLs come to 1,000,001 rules over", Assert.Single(warnings), StringComparison.Ordinal);
        else
            Assert.Empty(warnings);

        // Who changes something else hears nothing of it.
        bench.Seen = VppState.Empty;
        Assert.Empty(ChangeWarnings.Build(new Plan([], []), bench.Desired, bench.Seen, false));
    }

    [Fact]
    public void Sessions_are_cut_on_the_interfaces_of_the_object_that_changes()
    {
        PlanBench bench = Bench();
        bench.Desired = State(
            acls: [Opening, Acl("plain", 1)],
            bindings:
            [
                Binding("eth0", ["opening"]), Binding("eth1", ["plain"]), Binding("eth2", [], ["opening"]),
                Binding("eth3", ["opening"]), Binding("tunnel:x", ["opening"]), Binding("eth9", ["opening"]),
            ]);
        Assert.Equal(
            [
                "cut the sessions of eth0 by setting its ACLs anew",
                "cut the sessions of eth2 by setting its ACLs anew",
            ],
            Cuts("acl/opening"));
        Assert.Equal(["cut the sessions of eth1 by setting its ACLs anew"], Cuts("acl/plain"));
        Assert.Equal(["cut the sessions of eth1 by setting its ACLs anew"], Cuts("binding/eth1"));
        Assert.Empty(Cuts("binding/eth3"));
        Assert.Empty(Cuts("tunnel/x"));

        // Lists with an ACL of somebody else are not ours to empty.
        bench.WithAcl(7, "theirs", 1).WithLists(1, [1], [7]);
        Assert.Equal(["cut the sessions of eth2 by setting its ACLs anew"], Cuts("acl/opening"));

        IEnumerable<string> Cuts(string key) =>
            SessionCuts.Build(key, bench.Desired, bench.Seen).Select(cut => cut.ToString());
    }

    // opening and plain on eth0, opening on eth2, plain on eth1, nothing on eth3.
    private static PlanBench Bench()
    {
        PlanBench bench = new();
        bench.WithInterfaces("eth0", "eth1", "eth2", "eth3").WithAcl(2, "serval:plain", 1)
            .WithLists(1, [1, 2]).WithLists(2, [2]).WithLists(3, [], [1]).WithLists(4, []);
        bench.Seen = bench.Seen with
        {
            Acls = [.. bench.Seen.Acls, new VppAcl(1, Opening.Tag, Opening.Rules)],
        };
        return bench;
    }

    private static string[] Warnings(PlanBench bench) =>
        [.. ChangeWarnings.Build(bench.Build(), bench.Desired, bench.Seen, sessionsSurvive: true)];
}
