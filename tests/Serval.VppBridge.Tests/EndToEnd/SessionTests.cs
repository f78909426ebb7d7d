using Serval.Vpp.V1;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Tests.Simulation;
using Serval.VppBridge.Transports;
using static Serval.VppBridge.Tests.EndToEnd.Gateway;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>Sessions that reflecting rules opened outlive a tightening change of the rules in VPP.</summary>
public sealed class SessionTests
{
    private static readonly SimulatedPacket Request =
        SimulatedPacket.Of("10.1.0.2", "10.2.0.2", 6, 40000, 80);

    [Fact]
    public async Task Over_the_api_the_answer_says_so_and_the_sessions_can_be_cut()
    {
        await using Gateway gateway = await StartWithSessionAsync(VppTransportKind.Api);
        var traffic = new SimulatedTraffic(gateway.Vpp.State);
        Assert.True(traffic.Passes("host-va", isInput: true, Request));
        Change tightened = await gateway.ApplyAsync(Deny());
        Assert.Contains("host-va", Assert.Single(tightened.Warnings), StringComparison.Ordinal);
        Assert.Contains("cut_sessions", tightened.Warnings[0], StringComparison.Ordinal);
        Assert.True(traffic.Passes("host-va", isInput: true, Request));

        // The rules are as asked already, and asking again with cut_sessions still cuts.
        var cut = new ApplyAclRequest { Acl = Deny(), CutSessions = true };
        Change done = (await gateway.CallAsync("ApplyAcl", cut, ApplyAclResponse.Parser)).Change;
        Assert.Equal(["cut the sessions of host-va by setting its ACLs anew"], done.Steps);
        Assert.Empty(done.Warnings);
        Assert.False(traffic.Passes("host-va", isInput: true, Request));
        Assert.Equal([0u], gateway.Vpp.State.Lists[1].Inputs);
    }

    [Fact]
    public async Task Vpp_has_the_lists_already_when_it_empties_them_to_cut_sessions()
    {
        await using Gateway gateway = await StartWithSessionAsync(VppTransportKind.Api);
        gateway.Vpp.Steps.Clear();
        gateway.Vpp.StepsBehind.Clear();
        await gateway.BindAsync("host-va", ["web"], [], cutSessions: true);
        Assert.Equal(["acl_interface_set_acl_list", "acl_interface_set_acl_list"], gateway.Vpp.Steps);

        // A bridge that dies between the two leaves no open interface.
        Assert.True(gateway.Vpp.StepsBehind[0] > 0);
        Assert.Equal(0, gateway.Vpp.StepsBehind[1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_refusal_of_either_message_is_told_and_leaves_the_lists_as_asked_for(int refused)
    {
        await using Gateway gateway = await StartWithSessionAsync(VppTransportKind.Api);
        int step = 0;
        gateway.Vpp.BeforeStep = _ => ++step == refused ? StepFault.Refuse : StepFault.None;
        await FailsAsync(
            Grpc.Core.StatusCode.FailedPrecondition,
            () => gateway.BindAsync("host-va", ["web"], [], cutSessions: true));
        Assert.Equal([0u], gateway.Vpp.State.Lists[1].Inputs);
        Assert.True(gateway.Host.Reconciler.Status.IsConverged);
    }

    [Fact]
    public async Task Over_the_api_other_lists_warn_and_cut_too()
    {
        await using Gateway gateway = await StartWithSessionAsync(VppTransportKind.Api);
        var traffic = new SimulatedTraffic(gateway.Vpp.State);
        Assert.True(traffic.Passes("host-va", isInput: true, Request));
        await gateway.ApplyAsync(Acl("shut", Rule(AclAction.Deny)));
        Change bound = await gateway.BindAsync("host-va", ["shut"], []);
        Assert.Contains("cut_sessions", Assert.Single(bound.Warnings), StringComparison.Ordinal);
        Assert.True(traffic.Passes("host-va", isInput: true, Request));
        Assert.True((await gateway.BindAsync("host-va", ["shut"], [], cutSessions: true)).Changed);
        Assert.False(traffic.Passes("host-va", isInput: true, Request));
    }

    [Fact]
    public async Task Over_the_cli_vpp_looks_at_the_sessions_again()
    {
        await using Gateway gateway = await StartWithSessionAsync(VppTransportKind.Cli);
        var traffic = new SimulatedTraffic(gateway.Vpp.State);
        Assert.True(traffic.Passes("host-va", isInput: true, Request));

        // Somebody turned it off since.
        gateway.Vpp.State.ReclassifiesSessions = false;
        Change tightened = await gateway.ApplyAsync(Deny());
        Assert.Empty(tightened.Warnings);
        Assert.False(traffic.Passes("host-va", isInput: true, Request));
    }

    [Fact]
    public async Task Without_reflecting_rules_or_with_lists_that_become_empty_there_is_nothing_to_warn_of()
    {
        await using Gateway gateway = await StartAsync();
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        await gateway.BindAsync("host-va", ["web"], []);
        Assert.Empty((await gateway.ApplyAsync(Deny())).Warnings);
        Assert.Empty((await gateway.ApplyAsync(Acl("web", Rule(AclAction.PermitReflect)))).Warnings);
        Assert.Empty((await gateway.BindAsync("host-va", [], [])).Warnings);
    }

    [Fact]
    public void A_plan_that_vpp_may_lack_the_memory_for_is_warned_of()
    {
        Model.AclRule rule = new(
            Model.AclAction.Permit, Model.IpPrefix.Any4, Model.IpPrefix.Any4, 0, Model.PortRange.All,
            Model.PortRange.All, 0, 0);
        var large = new Model.Acl("large", [.. Enumerable.Repeat(rule, 20_000)]);
        Assert.Empty(Warn(50));
        Assert.Contains("1,020,000", Assert.Single(Warn(51)), StringComparison.Ordinal);

        IEnumerable<string> Warn(int count)
        {
            DesiredState next = DesiredState.Empty with
            {
                Acls = DesiredState.Empty.Acls.Add("large", large),
                Bindings = DesiredState.Empty.Bindings.AddRange(Enumerable.Range(0, count).Select(
                    i => KeyValuePair.Create($"if{i}", new Model.AclBinding($"if{i}", ["large"], [])))),
            };
            var plan = new Plan([new VppChange.SetAclLists("if0", [], [], ["large"], [])], []);
            return ChangeWarnings.Build(plan, next, Model.VppState.Empty, sessionsSurvive: true);
        }
    }

    private static Acl Deny() => Acl("web", Rule(AclAction.Deny));

    private static async Task<Gateway> StartWithSessionAsync(VppTransportKind transport)
    {
        Gateway gateway = await StartAsync(transport);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.PermitReflect, "10.1.0.0/24")));
        await gateway.BindAsync("host-va", ["web"], []);
        return gateway;
    }
}
