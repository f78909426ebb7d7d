using Serval.Vpp.V1;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Tests.Simulation;
using static Serval.VppBridge.Tests.EndToEnd.Gateway;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>VPP keeps as a peer's endpoint what it learned from its packets; making a peer anew costs its
/// session.</summary>
public sealed class RoamingTests
{
    private const string Caller = "b9l6sbVRFMmN3bSbIwuXZ0w2GGfaJN3c7Eoz2gDOBlk=";

    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task A_peer_that_moved_keeps_its_session(VppTransportKind transport)
    {
        await using Gateway gateway = await StartWithPeersAsync(transport);
        Roam(gateway);
        uint[] before = [.. gateway.Vpp.State.Peers.Keys];

        // A look of the bridge, an unrelated change, the same request again, and a restart of the bridge.
        await LookAsync(gateway);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        Assert.False((await AddPeerAsync(gateway, Peers()[0])).Changed);
        Assert.False((await AddPeerAsync(gateway, Peers()[1])).Changed);
        await gateway.StopBridgeAsync();
        await gateway.StartBridgeAsync();
        await gateway.ApplyAsync(Acl("rest", Rule(AclAction.Permit)));
        Assert.Equal(before, gateway.Vpp.State.Peers.Keys);
        Assert.True(gateway.Host.Reconciler.Status.IsConverged);
    }

    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task A_peer_is_made_anew_when_its_endpoint_is_asked_to_be_another(VppTransportKind transport)
    {
        await using Gateway gateway = await StartWithPeersAsync(transport);
        Roam(gateway);
        TunnelPeer moved = Peers()[0];
        moved.EndpointAddress = "192.0.2.77";
        Assert.True((await AddPeerAsync(gateway, moved)).Changed);
        gateway.Vpp.Steps.Clear();
        Roam(gateway);
        Assert.False((await AddPeerAsync(gateway, moved)).Changed);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        Assert.DoesNotContain(gateway.Vpp.Steps, IsPeerStep);

        // The wish for an endpoint given up is a change too.
        moved.EndpointAddress = "";
        moved.EndpointPort = 0;
        Assert.True((await AddPeerAsync(gateway, moved)).Changed);
        Assert.Null(gateway.Vpp.State.Peers.Values.Single(p => p.Peer.PublicKey == moved.PublicKey)
            .Peer.EndpointAddress);
    }

    [Fact]
    public async Task A_change_of_an_endpoint_that_fails_leaves_the_peer_and_its_session()
    {
        await using Gateway gateway = await StartWithPeersAsync(VppTransportKind.Api);
        Roam(gateway);
        gateway.Vpp.Steps.Clear();
        gateway.Vpp.BeforeStep = step => step == "wireguard_peer_remove" ? StepFault.Refuse : StepFault.None;
        TunnelPeer moved = Peers()[0];
        moved.EndpointAddress = "192.0.2.77";
        await Assert.ThrowsAnyAsync<Exception>(() => AddPeerAsync(gateway, moved));
        Assert.Equal(["wireguard_peer_remove"], gateway.Vpp.Steps.Where(IsPeerStep));
        Assert.True(gateway.Host.Reconciler.Status.IsConverged);
    }

    [Fact]
    public async Task Peers_are_watched_whenever_they_were_made()
    {
        await using Gateway gateway = await StartWithPeersAsync(VppTransportKind.Api);
        using EventSubscription events = gateway.Host.Reconciler.Events.Subscribe();
        uint index = gateway.Vpp.State.Peers.Values.Single(p => p.Peer.PublicKey == Caller).PeerIndex;
        await gateway.Vpp.SendPeerEventAsync(index, 2);
        Event told = await NextAsync(events, EventKind.PeerEstablished);
        Assert.Equal(Caller, told.Subject);
        await gateway.Vpp.SendPeerEventAsync(index, 1);
        Assert.Equal(Caller, (await NextAsync(events, EventKind.PeerDead)).Subject);
    }

    [Fact]
    public async Task An_interface_that_was_deleted_is_told_by_its_name()
    {
        await using Gateway gateway = await StartAsync();
        using EventSubscription events = gateway.Host.Reconciler.Events.Subscribe();
        lock (gateway.Vpp.Gate)
        {
            gateway.Vpp.State.Interfaces.Remove(3);
            gateway.Vpp.State.Lists.Remove(3);
        }

        await gateway.Vpp.SendEventAsync(SimulatedApi.InterfaceEvent(3, 0, isDeleted: true));
        Assert.Equal("host-vw", (await NextAsync(events, EventKind.InterfaceDeleted)).Subject);
    }

    internal static async Task<Event> NextAsync(EventSubscription events, EventKind kind)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            Event item = await events.ReadAsync(limit.Token);
            if (item.Kind == kind)
                return item;
        }
    }

    // An event makes the bridge look; the look is over once the bridge looked again for a change.
    private static async Task LookAsync(Gateway gateway)
    {
        using EventSubscription events = gateway.Host.Reconciler.Events.Subscribe();
        if (gateway.Host.Reconciler.RequireTransport().Name == "api")
        {
            await gateway.Vpp.SendEventAsync(SimulatedApi.InterfaceEvent(1, 3, isDeleted: false));
            await NextAsync(events, EventKind.InterfaceUp);
        }

        await gateway.ApplyAsync(Acl("look", Rule(AclAction.Permit)));
    }

    private static bool IsPeerStep(string step) =>
        step.StartsWith("wireguard_peer", StringComparison.Ordinal)
        || step.StartsWith("wireguard peer", StringComparison.Ordinal);

    private static void Roam(Gateway gateway)
    {
        lock (gateway.Vpp.Gate)
        {
            gateway.Vpp.State.Roam(Peers()[0].PublicKey, "198.51.100.9", 40001);
            gateway.Vpp.State.Roam(Caller, "198.51.100.10", 40002);
        }
    }

    private static async Task<Gateway> StartWithPeersAsync(VppTransportKind transport)
    {
        Gateway gateway = await StartAsync(transport, change: o => o with { AllowKeysOverCli = true });
        Tunnel tunnel = TunnelTests.Wanted();
        tunnel.Peers.Clear();
        tunnel.Peers.AddRange(Peers());
        await gateway.CallAsync(
            "CreateTunnel", new CreateTunnelRequest { Tunnel = tunnel }, CreateTunnelResponse.Parser);
        return gateway;
    }

    // One with a starting endpoint, and one who calls.
    private static TunnelPeer[] Peers() =>
    [
        TunnelTests.Wanted().Peers[0],
        new TunnelPeer
        {
            PublicKey = Caller,
            TunnelAddress = "10.99.0.3",
            AllowedIps = { "10.99.0.3/32" },
            PersistentKeepaliveS = 25,
        },
    ];

    private static async Task<Change> AddPeerAsync(Gateway gateway, TunnelPeer peer) =>
        (await gateway.CallAsync(
            "AddTunnelPeer", new AddTunnelPeerRequest { Tunnel = "site-b", Peer = peer },
            AddTunnelPeerResponse.Parser)).Change;
}
