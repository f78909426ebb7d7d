using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Serval.Vpp.V1;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Tests.Interop;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>The scenarios of <see cref="ConformanceTests"/>. They leave a VPP as they found it.</summary>
internal sealed class ConformanceClient(GrpcChannel channel) : IDisposable
{
    private const string Name = "serval-conformance";
    private const string Service = "/serval.vpp.v1.VppGateway/";

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
        var dry = new ApplyAclRequest { Acl = first, DryRun = true };
        Assert.True((await CallAsync("ApplyAcl", dry, ApplyAclResponse.Parser)).Change.Changed);
        Assert.True((await ApplyAsync(first)).Changed);
        Assert.False((await ApplyAsync(first)).Changed);
        Acl listed = Assert.Single(
            (await CallAsync("ListAcls", new ListAclsRequest { Names = { Name } }, ListAclsResponse.Parser))
            .Acls);
        Assert.Equal(first.Rules.Count, listed.Rules.Count);
        Assert.True(listed.HasAclIndex);
        Assert.True((await BindAsync("local0", Name)).Changed);
        Assert.False((await BindAsync("local0", Name)).Changed);
        Assert.True((await ApplyAsync(Gateway.Acl(Name, Gateway.Rule(AclAction.Permit)))).Changed);
        var delete = new DeleteAclRequest { Name = Name };
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => CallAsync("DeleteAcl", delete, DeleteAclResponse.Parser));
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.True((await BindAsync("local0")).Changed);
        Assert.True((await CallAsync("DeleteAcl", delete, DeleteAclResponse.Parser)).Change.Changed);
    }

    /// <summary>What VPP would store and not enforce is refused, and dry runs change nothing.</summary>
    public async Task UnenforcedAsync()
    {
        var sctp = new AclRule
        {
            Action = AclAction.Deny,
            IpVersion = 4,
            Protocol = "sctp",
            DestinationPorts = new PortRange { First = 80, Last = 80 },
        };
        await RequireAsync(StatusCode.InvalidArgument, () => ApplyAsync(Gateway.Acl(Name, sctp)));
        var dry = new ApplyAclRequest
        {
            Acl = Gateway.Acl(Name, Gateway.Rule(AclAction.Permit)),
            DryRun = true,
        };
        Assert.True((await CallAsync("ApplyAcl", dry, ApplyAclResponse.Parser)).Change.Changed);
        await RequireAsync(StatusCode.NotFound, () => CallAsync(
            "ListAcls", new ListAclsRequest { Names = { Name } }, ListAclsResponse.Parser));
    }

    /// <summary>A tightening change of reflecting rules warns where sessions outlive it, and cuts them when
    /// it is asked to; the lists are as before then.</summary>
    public async Task SessionsAsync(bool isApi)
    {
        await ApplyAsync(Gateway.Acl(Name, Gateway.Rule(AclAction.PermitReflect)));
        await BindAsync("local0", Name);
        Change tightened = await ApplyAsync(Gateway.Acl(Name, Gateway.Rule(AclAction.Deny)));
        Assert.Equal(isApi ? 1 : 0, tightened.Warnings.Count);
        var cut = new ApplyAclRequest
        {
            Acl = Gateway.Acl(Name, Gateway.Rule(AclAction.Deny)),
            CutSessions = true,
        };
        Change done = (await CallAsync("ApplyAcl", cut, ApplyAclResponse.Parser)).Change;
        Assert.Equal((isApi, 0), (done.Changed, done.Warnings.Count));
        Assert.False((await BindAsync("local0", Name)).Changed);
        await BindAsync("local0");
        await CallAsync("DeleteAcl", new DeleteAclRequest { Name = Name }, DeleteAclResponse.Parser);
    }

    public async Task TunnelsAsync()
    {
        Tunnel tunnel = TunnelTests.Wanted();
        tunnel.Name = Name;
        var create = new CreateTunnelRequest { Tunnel = tunnel };
        CreateTunnelResponse made = await CallAsync("CreateTunnel", create, CreateTunnelResponse.Parser);
        Assert.True(made.Change.Changed);
        Assert.False((await CallAsync("CreateTunnel", create, CreateTunnelResponse.Parser)).Change.Changed);
        Tunnel listed = Assert.Single(
            (await CallAsync("ListTunnels", new ListTunnelsRequest(), ListTunnelsResponse.Parser)).Tunnels,
            t => t.Name == Name);
        Assert.Equal((made.Tunnel.PublicKey, 1), (listed.PublicKey, listed.Peers.Count));
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
        Assert.False((await CallAsync("AddTunnelPeer", add, AddTunnelPeerResponse.Parser)).Change.Changed);
        var delete = new DeleteTunnelRequest { Name = Name };
        Assert.True((await CallAsync("DeleteTunnel", delete, DeleteTunnelResponse.Parser)).Change.Changed);
    }

    /// <summary>A peer that called keeps its place in VPP, over unrelated changes and the same request
    /// again.</summary>
    public async Task RoamingAsync(
        Func<RoamingCall, Task> roam, Func<Dictionary<string, Model.VppPeer>> live)
    {
        var key = PrivateKey.Generate();
        Tunnel tunnel = TunnelTests.Wanted();
        tunnel.Name = Name;
        tunnel.Peers.Clear();
        tunnel.Peers.Add(new TunnelPeer
        {
            PublicKey = key.PublicKey,
            TunnelAddress = "10.99.0.3",
            AllowedIps = { "10.99.0.3/32" },
        });
        var create = new CreateTunnelRequest { Tunnel = tunnel };
        CreateTunnelResponse made = await CallAsync("CreateTunnel", create, CreateTunnelResponse.Parser);
        await roam(new RoamingCall(made.Tunnel.PublicKey, tunnel.ListenPort, key));
        await Eventually.BecomesAsync(async () =>
        {
            await CallAsync("ListTunnels", new ListTunnelsRequest(), ListTunnelsResponse.Parser);
            return live()[key.PublicKey].Peer.EndpointAddress is not null;
        });
        Model.VppPeer before = live()[key.PublicKey];
        await ApplyAsync(Gateway.Acl(Name, Gateway.Rule(AclAction.Permit)));
        await CallAsync("DeleteAcl", new DeleteAclRequest { Name = Name }, DeleteAclResponse.Parser);
        var add = new AddTunnelPeerRequest { Tunnel = Name, Peer = tunnel.Peers[0] };
        Assert.False((await CallAsync("AddTunnelPeer", add, AddTunnelPeerResponse.Parser)).Change.Changed);
        Model.VppPeer after = live()[key.PublicKey];
        Assert.Equal(
            (before.PeerIndex, before.Peer.EndpointAddress, before.Status),
            (after.PeerIndex, after.Peer.EndpointAddress, after.Status));
        await DropTunnelAsync();
    }

    /// <summary>The ACLs of others by the interfaces that they are bound to.</summary>
    public async Task<string> ForeignAclsAsync()
    {
        GetInterfacesResponse seen = await CallAsync(
            "GetInterfaces", new GetInterfacesRequest(), GetInterfacesResponse.Parser);
        return string.Join('\n', seen.Interfaces
            .Where(i => i.InputAcls.Concat(i.OutputAcls).Any(a => a.StartsWith('#')))
            .Select(i => $"{i.Name} in {string.Join(',', i.InputAcls)} out {string.Join(',', i.OutputAcls)}")
            .Order(StringComparer.Ordinal));
    }

    /// <summary>NAT stays enabled afterwards: VPP has no way back that spares the entries of
    /// others.</summary>
    public async Task NatAsync()
    {
        var nat = new SourceNat
        {
            InsideInterfaces = { await MakeTunnelAsync() },
            OutsideInterfaces = { "local0" },
            Addresses = { "203.0.113.77" },
        };
        var set = new SetSourceNatRequest { SourceNat = nat };
        Assert.True((await CallAsync("SetSourceNat", set, SetSourceNatResponse.Parser)).Change.Changed);
        Assert.False((await CallAsync("SetSourceNat", set, SetSourceNatResponse.Parser)).Change.Changed);
        SourceNat seen = (await CallAsync(
            "GetSourceNat", new GetSourceNatRequest(), GetSourceNatResponse.Parser)).SourceNat;
        Assert.Equal(nat.Addresses, seen.Addresses);

        // VPP fixed it when NAT was enabled: its number is shown, and another is refused.
        Assert.NotEqual(0u, seen.SessionsMax);
        SourceNat other = nat.Clone();
        other.SessionsMax = seen.SessionsMax + 1024;
        await RequireAsync(StatusCode.FailedPrecondition, () => CallAsync(
            "SetSourceNat", new SetSourceNatRequest { SourceNat = other }, SetSourceNatResponse.Parser));
        var clear = new SetSourceNatRequest();
        Assert.True((await CallAsync("SetSourceNat", clear, SetSourceNatResponse.Parser)).Change.Changed);
        await DropTunnelAsync();
    }

    public async Task StatsAsync()
    {
        GetStatsResponse? stats = null;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (stats is null)
        {
            limit.Token.ThrowIfCancellationRequested();
            try
            {
                stats = await CallAsync(
                    "GetStats", new GetStatsRequest { AclRules = true }, GetStatsResponse.Parser);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                await Task.Yield();
            }
        }

        Assert.Contains(stats.Interfaces, i => i.Name == "local0");

        // One counter for each rule, or none at all.
        Assert.All(
            stats.Acls.Where(a => a.Name == Name), a => Assert.Contains(a.Rules.Count, (int[])[0, 1]));
        Assert.Contains(stats.Source, (string[])["stats segment", "cli"]);
        var watch = new WatchStatsRequest { Stats = new GetStatsRequest { Interfaces = { "local0" } } };
        Assert.Single((await FirstAsync("WatchStats", watch, GetStatsResponse.Parser)).Interfaces);
        GetVersionResponse version = await CallAsync(
            "GetVersion", new GetVersionRequest(), GetVersionResponse.Parser);
        Assert.StartsWith("v", version.VppVersion, StringComparison.Ordinal);
        Assert.NotEqual(0u, version.VppPid);
    }

    public async Task EventsAsync()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        IAsyncEnumerable<Event> events = channel.StreamAsync(
            Service + "WatchEvents", new WatchEventsRequest(), Event.Parser, stop.Token);
        int changesCount = 0;
        Task<bool> isTold = IsToldAsync();

        // Nobody says when a watcher has begun to watch: changes are made until one is seen.
        while (!isTold.IsCompleted)
        {
            string source = $"10.{changesCount++ % 250}.0.0/16";
            await ApplyAsync(Gateway.Acl(Name, Gateway.Rule(AclAction.Permit, source)));
            await Task.WhenAny(isTold, Task.Delay(20));
        }

        Assert.True(await isTold);
        await CallAsync("DeleteAcl", new DeleteAclRequest { Name = Name }, DeleteAclResponse.Parser);

        async Task<bool> IsToldAsync()
        {
            await foreach (Event item in events)
            {
                if (item.Kind == EventKind.ChangeApplied && item.Subject == "acl/" + Name)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Asks for one of everything, to be there after a restart.</summary>
    public async Task FillAsync()
    {
        await ApplyAsync(Gateway.Acl(Name, Gateway.Rule(AclAction.Permit)));
        await MakeTunnelAsync();
        await BindAsync("tunnel:" + Name, Name);
    }

    public async Task EmptyAsync()
    {
        await BindAsync("tunnel:" + Name);
        await DropTunnelAsync();
        await CallAsync("DeleteAcl", new DeleteAclRequest { Name = Name }, DeleteAclResponse.Parser);
    }

    /// <summary>All that <see cref="FillAsync"/> asked for is in place: asking again changes
    /// nothing.</summary>
    public async Task RequireFilledAsync()
    {
        Assert.False((await ApplyAsync(Gateway.Acl(Name, Gateway.Rule(AclAction.Permit)))).Changed);
        Assert.False((await BindAsync("tunnel:" + Name, Name)).Changed);
        Interface over = Assert.Single(
            (await CallAsync("GetInterfaces", new GetInterfacesRequest(), GetInterfacesResponse.Parser))
            .Interfaces, i => i.Tunnel == Name);
        Assert.Equal((true, Name), (over.AdminUp, Assert.Single(over.InputAcls)));
    }

    public void Dispose() => channel.Dispose();

    private static async Task RequireAsync(StatusCode code, Func<Task> call)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(code == e.StatusCode, e.Message);
    }

    private async Task<string> MakeTunnelAsync()
    {
        Tunnel tunnel = TunnelTests.Wanted();
        tunnel.Name = Name;
        return (await CallAsync(
            "CreateTunnel", new CreateTunnelRequest { Tunnel = tunnel }, CreateTunnelResponse.Parser))
            .Tunnel.Interface;
    }

    private Task DropTunnelAsync() =>
        CallAsync("DeleteTunnel", new DeleteTunnelRequest { Name = Name }, DeleteTunnelResponse.Parser);

    private async Task<T> FirstAsync<T>(string method, IMessage request, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        await foreach (T item in channel.StreamAsync(
            Service + method, request, parser))
            return item;
        throw new InvalidOperationException($"{method} ended without an answer");
    }

    private async Task<Change> ApplyAsync(Acl acl) =>
        (await CallAsync("ApplyAcl", new ApplyAclRequest { Acl = acl }, ApplyAclResponse.Parser)).Change;

    private async Task<Change> BindAsync(string place, params string[] inputs)
    {
        var request = new BindAclsRequest { Interface = place };
        request.InputAcls.AddRange(inputs);
        return (await CallAsync("BindAcls", request, BindAclsResponse.Parser)).Change;
    }

    private Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser)
        where T : class, IMessage<T> =>
        channel.UnaryAsync(Service + method, request, parser);
}
