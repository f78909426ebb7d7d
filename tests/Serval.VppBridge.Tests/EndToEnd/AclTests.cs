using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Model;
using static Serval.VppBridge.Tests.EndToEnd.Gateway;
using AclAction = Serval.Vpp.V1.AclAction;
using AclRule = Serval.Vpp.V1.AclRule;

namespace Serval.VppBridge.Tests.EndToEnd;

public sealed class AclTests
{
    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task An_acl_is_applied_once_and_replaced_in_place(VppTransportKind transport)
    {
        await using Gateway gateway = await StartAsync(transport);
        Change first = await gateway.ApplyAsync(
            Acl("web", Rule(AclAction.Deny, "10.1.0.0/24", port: 80), Rule(AclAction.Permit)));
        Assert.True(first.Changed);
        Assert.Equal(["create ACL web with 2 rules"], first.Steps);
        Change second = await gateway.ApplyAsync(
            Acl("web", Rule(AclAction.Deny, "10.1.0.0/24", port: 80), Rule(AclAction.Permit)));
        Assert.False(second.Changed);
        Assert.Equal(first.ResourceVersion, second.ResourceVersion);

        Change third = await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        Assert.Equal(["replace the 2 rules of ACL web by 1"], third.Steps);
        Assert.NotEqual(first.ResourceVersion, third.ResourceVersion);
        VppAcl held = Assert.Single(gateway.Vpp.State.Acls.Values);
        Assert.Equal((0u, "serval:web", 1), (held.Index, held.Tag, held.Rules.Count));
    }

    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task Bindings_keep_their_order(VppTransportKind transport)
    {
        await using Gateway gateway = await StartAsync(transport);
        foreach (string name in (string[])["a", "b", "c"])
            await gateway.ApplyAsync(Acl(name, Rule(AclAction.Permit)));
        await gateway.BindAsync("host-va", ["c", "a"], ["b"]);
        Assert.Equal([2u, 0u], gateway.Vpp.State.Lists[1].Inputs);
        Assert.Equal([1u], gateway.Vpp.State.Lists[1].Outputs);
        Assert.False((await gateway.BindAsync("host-va", ["c", "a"], ["b"])).Changed);
        Assert.True((await gateway.BindAsync("host-va", [], [])).Changed);
        Assert.Empty(gateway.Vpp.State.Lists[1].Inputs);
    }

    [Fact]
    public async Task The_cli_refuses_a_list_that_it_cannot_change_in_one_step()
    {
        await using Gateway gateway = await StartAsync(VppTransportKind.Cli);
        await gateway.ApplyAsync(Acl("a", Rule(AclAction.Deny)));
        await gateway.ApplyAsync(Acl("b", Rule(AclAction.Permit)));
        await gateway.BindAsync("host-va", ["a", "b"], []);
        RpcException e = await FailsAsync(
            StatusCode.FailedPrecondition, () => gateway.BindAsync("host-va", ["b"], []));
        Assert.Contains("--vpp-transport=api", e.Message, StringComparison.Ordinal);
        Assert.Equal([0u, 1u], gateway.Vpp.State.Lists[1].Inputs);
    }

    [Fact]
    public async Task A_dry_run_shows_the_steps_and_changes_nothing()
    {
        await using Gateway gateway = await StartAsync();
        Change change = await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)), dryRun: true);
        Assert.True(change.Changed);
        Assert.Single(change.Steps);
        Assert.Empty(gateway.Vpp.State.Acls);
        Assert.Empty((await gateway.CallAsync("ListAcls", new ListAclsRequest(), ListAclsResponse.Parser))
            .Acls);
    }

    [Fact]
    public async Task A_version_that_is_not_current_is_a_lost_race()
    {
        await using Gateway gateway = await StartAsync();
        string version = (await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)))).ResourceVersion;
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Deny)), version: version);
        await FailsAsync(
            StatusCode.Aborted, () =>
                gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)), version: version));
        Assert.Equal(Model.AclAction.Deny, gateway.Vpp.State.Acls[0].Rules[0].Action);
    }

    [Fact]
    public async Task An_acl_in_use_is_not_deleted()
    {
        await using Gateway gateway = await StartAsync();
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        await gateway.BindAsync("host-va", ["web"], []);
        Func<Task> delete = () =>
            gateway.CallAsync("DeleteAcl", new DeleteAclRequest { Name = "web" }, DeleteAclResponse.Parser);
        await FailsAsync(StatusCode.FailedPrecondition, delete);
        await gateway.BindAsync("host-va", [], []);
        await delete();
        Assert.Empty(gateway.Vpp.State.Acls);
        await FailsAsync(StatusCode.NotFound, delete);
    }

    [Fact]
    public async Task What_others_made_is_left_alone()
    {
        await using Gateway gateway = await StartAsync();
        var rule = new Model.AclRule(
            Model.AclAction.Deny, IpPrefix.Any4, IpPrefix.Any4, 0, Model.PortRange.All, Model.PortRange.All,
                0, 0);
        gateway.Vpp.State.SetAcl(uint.MaxValue, "cli", [rule]);
        gateway.Vpp.State.SetLists(1, [0], []);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        RpcException e = await FailsAsync(
            StatusCode.FailedPrecondition, () => gateway.BindAsync("host-va", ["web"], []));
        Assert.Contains("not ours", e.Message, StringComparison.Ordinal);
        Assert.Equal([0u], gateway.Vpp.State.Lists[1].Inputs);
        Assert.Equal("cli", gateway.Vpp.State.Acls[0].Tag);
    }

    [Fact]
    public async Task A_name_that_two_interfaces_have_is_refused()
    {
        await using Gateway gateway = await StartAsync();
        gateway.Vpp.State.AddInterface("host-va", 9, isUp: true, mtu: 9000);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        await FailsAsync(StatusCode.FailedPrecondition, () => gateway.BindAsync("host-va", ["web"], []));
        await FailsAsync(StatusCode.NotFound, () => gateway.BindAsync("nosuch", ["web"], []));
    }

    [Fact]
    public async Task Ten_thousand_rules_are_one_change()
    {
        await using Gateway gateway = await StartAsync();
        AclRule[] rules = [.. Enumerable.Range(0, 10_000)
            .Select(i => Rule(AclAction.Permit, $"10.{i / 256}.{i % 256}.0/24"))];
        await gateway.ApplyAsync(Acl("large", rules));
        Assert.Equal(10_000, gateway.Vpp.State.Acls[0].Rules.Count);
    }

    public static TheoryData<string, AclRule> WrongRules => new()
    {
        { "action", new AclRule { IpVersion = 4 } },
        { "source", Rule(AclAction.Permit, "10.1.0.5/24") },
        { "source", Rule(AclAction.Permit, "10.1.0.0/33") },
        { "source", Rule(AclAction.Permit, "10.1.0.0") },
        { "source", Rule(AclAction.Permit, "010.1.0.0/24") },
        { "different families",
            new AclRule { Action = AclAction.Permit, Source = "::/0", Destination = "10.0.0.0/8" } },
        { "ip_version", new AclRule { Action = AclAction.Permit } },
        { "ip_version",
            new AclRule { Action = AclAction.Permit, IpVersion = 6, Source = "10.0.0.0/8" } },
        { "protocol", new AclRule { Action = AclAction.Permit, IpVersion = 4, Protocol = "htpp" } },
        { "protocol", new AclRule { Action = AclAction.Permit, IpVersion = 4, Protocol = "300" } },
        { "protocol", new AclRule { Action = AclAction.Permit, IpVersion = 6, Protocol = "icmp" } },
        { "destination_ports", Ports("tcp", 90, 80) },
        { "destination_ports", Ports("tcp", 80, 70000) },
        { "destination_ports", Ports("any", 80, 80) },
        { "destination_ports", Ports("sctp", 80, 80) },
        { "destination_ports", Ports("132", 80, 80) },
        { "destination_ports", Ports("gre", 80, 80) },
        { "destination_ports", Ports("icmp", 0, 256) },
        { "tcp_flags", new AclRule { Action = AclAction.Permit, IpVersion = 4, Protocol = "tcp",
            TcpFlagsMask = 2, TcpFlagsValue = 4 } },
        { "tcp_flags", new AclRule { Action = AclAction.Permit, IpVersion = 4, Protocol = "udp",
            TcpFlagsMask = 2 } },
    };

    [Fact]
    public async Task Wrong_rules_are_refused_with_the_field_and_reach_no_vpp()
    {
        await using Gateway gateway = await StartAsync();
        foreach (object[] row in WrongRules)
        {
            RpcException e = await FailsAsync(
                StatusCode.InvalidArgument, () => gateway.ApplyAsync(Acl("web", (AclRule)row[1])));
            Assert.Contains((string)row[0], e.Message, StringComparison.Ordinal);
        }

        await FailsAsync(StatusCode.InvalidArgument, () => gateway.ApplyAsync(Acl("web")));
        await FailsAsync(StatusCode.InvalidArgument, () =>
            gateway.ApplyAsync(Acl("We b", Rule(AclAction.Permit))));
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        await FailsAsync(StatusCode.InvalidArgument, () =>
            gateway.BindAsync("host-va", ["web", "web"], []));
        Assert.Equal(["acl_add_replace"], gateway.Vpp.Steps);
    }

    private static AclRule Ports(string protocol, uint first, uint last) => new()
    {
        Action = AclAction.Permit,
        IpVersion = 4,
        Protocol = protocol,
        DestinationPorts = new Vpp.V1.PortRange { First = first, Last = last },
    };
}
