using Google.Protobuf;
using Serval.Grpc;
using Serval.Grpc.Calling;
using Serval.Vpp.V1;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>The scenarios of <see cref="ConformanceTests"/>. They leave a VPP as they found it.</summary>
internal sealed class ConformanceClient(GrpcChannel channel) : IDisposable
{
    private const string Name = "serval-conformance";

    public async Task AclsAsync()
    {
        Acl first = Gateway.Acl(
            Name,
            Gateway.Rule(AclAction.Deny, "10.1.0.0/24", "10.2.0.0/24", 80),
            Gateway.Rule(AclAction.PermitReflect, "10.0.0.0/8"),
            new AclRule { Action = AclAction.Permit, Source = "fd00:1::/64", Protocol = "icmp6" },
            new AclRule
            {
                Action = AclAction.Permit,
                IpVersion = 4,
                Protocol = "tcp",
                TcpFlagsMask = 18,
                TcpFlagsValue = 2,
                SourcePorts = new PortRange { First = 1024, Last = 65535 },
            });
        Assert.True((await ApplyAsync(first)).Changed);
        Assert.False((await ApplyAsync(first)).Changed);
        Assert.True((await BindAsync(Name)).Changed);
        Assert.False((await BindAsync(Name)).Changed);
        Assert.True((await ApplyAsync(Gateway.Acl(Name, Gateway.Rule(AclAction.Permit)))).Changed);
        var delete = new DeleteAclRequest { Name = Name };
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(
            () => CallAsync("DeleteAcl", delete, DeleteAclResponse.Parser));
        Assert.Equal(GrpcStatusCode.FailedPrecondition, e.Code);
        Assert.True((await BindAsync()).Changed);
        Assert.True((await CallAsync("DeleteAcl", delete, DeleteAclResponse.Parser)).Change.Changed);
    }

    public async Task TunnelsAsync()
    {
        Tunnel tunnel = TunnelTests.Wanted();
        tunnel.Name = Name;
        var create = new CreateTunnelRequest { Tunnel = tunnel };
        CreateTunnelResponse made = await CallAsync("CreateTunnel", create, CreateTunnelResponse.Parser);
        Assert.True(made.Change.Changed);
        Assert.False((await CallAsync("CreateTunnel", create, CreateTunnelResponse.Parser)).Change.Changed);
        var get = new GetInterfacesRequest { Names = { made.Tunnel.Interface } };
        Interface over = Assert.Single(
            (await CallAsync("GetInterfaces", get, GetInterfacesResponse.Parser)).Interfaces);
        Assert.Equal((true, Name, "10.99.0.1/24"),
            (over.AdminUp, over.Tunnel, Assert.Single(over.Addresses)));
        var remove = new RemoveTunnelPeerRequest { Tunnel = Name, PublicKey = tunnel.Peers[0].PublicKey };
        Assert.True((await CallAsync("RemoveTunnelPeer", remove, RemoveTunnelPeerResponse.Parser))
            .Change.Changed);
        var add = new AddTunnelPeerRequest { Tunnel = Name, Peer = tunnel.Peers[0] };
        Assert.True((await CallAsync("AddTunnelPeer", add, AddTunnelPeerResponse.Parser)).Change.Changed);
        var delete = new DeleteTunnelRequest { Name = Name };
        Assert.True((await CallAsync("DeleteTunnel", delete, DeleteTunnelResponse.Parser)).Change.Changed);
    }

    public void Dispose() => channel.Dispose();

    private async Task<Change> ApplyAsync(Acl acl) =>
        (await CallAsync("ApplyAcl", new ApplyAclRequest { Acl = acl }, ApplyAclResponse.Parser)).Change;

    private async Task<Change> BindAsync(params string[] inputs)
    {
        var request = new BindAclsRequest { Interface = "local0" };
        request.InputAcls.AddRange(inputs);
        return (await CallAsync("BindAcls", request, BindAclsResponse.Parser)).Change;
    }

    private Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser)
        where T : class, IMessage<T> =>
        channel.UnaryAsync("/serval.vpp.v1.VppGateway/" + method, request, parser, null,
            CancellationToken.None);
}
