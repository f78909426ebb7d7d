using System.Net;
using Grpc.Core;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Planning;
using Serval.VppBridge.Transports;
using static Serval.VppBridge.Tests.Planning.PlanBench;

namespace Serval.VppBridge.Tests.Reconciling;

/// <summary>What stays behind when VPP refuses, or when it is another VPP.</summary>
public sealed class LeftoverTests
{
    [Fact]
    public async Task What_vpp_refused_and_did_all_the_same_is_no_problem()
    {
        ScriptedTransport vpp = new();
        vpp.OnApply = change =>
        {
            vpp.Make(change);
            return Task.FromException(new VppException(VppFault.Refused, "no, says VPP"));
        };
        await using ReconcilingBench bench = new([vpp], asked: [Acl("web", 80)]);
        await bench.StartAsync();
        await Eventually.BecomesAsync(() => bench.Log.Contains("put right by 1 changes"));
        await Eventually.BecomesAsync(() => bench.Reconciler.Status.Drift is []);
        Assert.True(bench.Reconciler.Status.IsReady);
        Assert.Single(vpp.Made);
    }

    // Nothing else knows that the tunnel in VPP is ours to take away.
    [Fact]
    public async Task A_tunnel_that_vpp_does_not_let_go_of_is_remembered_over_a_change_that_fails()
    {
        Tunnel old = Tunnel("old", 1);
        ScriptedTransport vpp = new()
        {
            State = new PlanBench().WithTunnel(old).Seen,
            OnApply = static _ => Task.FromException(new VppException(VppFault.Refused, "no, says VPP")),
        };
        await using ReconcilingBench bench = new(
            [vpp],
            change: options =>
            {
                options.File.Save(DesiredState.Empty, State(tunnels: [old]), Provenance.Empty);
                return options;
            });
        await bench.StartAsync();
        await Assert.ThrowsAsync<RpcException>(() => bench.AskAsync(Acl("web", 80)));
        Tunnel kept = Assert.Single(new StateFile(bench.Folder).Load().Leaving.Tunnels.Values);
        Assert.Equal((old.Name, old.Instance), (kept.Name, kept.Instance));
    }

    [Fact]
    public async Task The_next_vpp_is_waited_for_although_the_last_one_had_started()
    {
        ScriptedTransport first = new(), second = new() { HasStarted = false };
        await using ReconcilingBench bench = new([first, second], asked: [Acl("web", 80)]);
        await bench.StartAsync();
        await Eventually.BecomesAsync(() => bench.Reconciler.Status.IsReady);
        first.Lose();
        await Eventually.BecomesAsync(() => ReferenceEquals(bench.Reconciler.Status.Transport, second)
            && bench.Reconciler.Status.Drift is not ["not looked at yet"]);
        Assert.Equal(
            ["VPP's start-up configuration has not run yet; nothing is made before"],
            bench.Reconciler.Status.Drift);
        Assert.Empty(second.Made);
    }

    [Fact]
    public void Of_two_source_NATs_that_are_given_up_both_are_taken_away()
    {
        SourceNat first = new(["in1"], ["out1"], [IPAddress.Parse("192.0.2.1")], 0);
        SourceNat second = new(["in2"], ["out2"], [IPAddress.Parse("192.0.2.2")], 0);
        SourceNat both = State(nat: first).WithLeaving(State(nat: second)).Nat!;
        Assert.Equal(["in1", "in2"], both.Inside);
        Assert.Equal(["out1", "out2"], both.Outside);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], both.Addresses.Select(address => address.ToString()));
    }
}
