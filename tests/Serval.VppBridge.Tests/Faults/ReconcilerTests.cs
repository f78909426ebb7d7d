using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Simulation;
using static Serval.VppBridge.Tests.EndToEnd.Gateway;
using AclAction = Serval.Vpp.V1.AclAction;

namespace Serval.VppBridge.Tests.Faults;

public sealed class ReconcilerTests
{
    [Fact]
    public async Task What_could_not_be_taken_back_is_not_forgotten_over_the_next_change()
    {
        await using Gateway gateway = await StartAsync();
        await gateway.Host.Reconciler.RequireTransport().CheckTunnelsAsync(CancellationToken.None);
        gateway.Vpp.BeforeStep = step => step is "sw_interface_set_flags" or "wireguard_interface_delete"
            ? StepFault.Refuse : StepFault.None;
        RpcException e = await FailsAsync(
            StatusCode.FailedPrecondition, () => TunnelTests.CreateAsync(gateway));
        Assert.Contains("did not succeed yet", e.Message, StringComparison.Ordinal);
        Assert.False(gateway.Host.Reconciler.Status.IsConverged);
        Assert.NotNull(gateway.Vpp.State.Find("wg0"));

        // Another change goes through, the bridge starts anew, and the leftover is still ours to take away.
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        Assert.NotNull(gateway.Vpp.State.Find("wg0"));
        await gateway.StopBridgeAsync();
        gateway.Vpp.BeforeStep = _ => StepFault.None;
        await gateway.StartBridgeAsync();
        Assert.Null(gateway.Vpp.State.Find("wg0"));
        Assert.Single(gateway.Vpp.State.Acls);
    }

    [Fact]
    public async Task A_state_that_cannot_be_kept_is_not_brought_about()
    {
        await using Gateway gateway = await StartAsync();
        string next = Path.Combine(gateway.StateFolder, "desired.state.new");
        Directory.CreateDirectory(next);
        RpcException e = await FailsAsync(
            StatusCode.FailedPrecondition, () => gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit))));
        Assert.Contains("--state-dir", e.Message, StringComparison.Ordinal);
        Assert.Empty(gateway.Vpp.Steps);
        Directory.Delete(next);
        Assert.True((await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)))).Changed);
    }

    [Fact]
    public async Task A_state_that_cannot_be_kept_in_the_end_is_taken_back_and_the_bridge_lives_on()
    {
        await using Gateway gateway = await StartAsync();
        string next = Path.Combine(gateway.StateFolder, "desired.state.new");
        gateway.Vpp.BeforeStep = _ =>
        {
            Directory.CreateDirectory(next);
            return StepFault.None;
        };
        await FailsAsync(
            StatusCode.FailedPrecondition, () => gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit))));
        Assert.Empty(gateway.Vpp.State.Acls);

        // The disk stays full while VPP restarts.
        gateway.Vpp.Restart();
        await Eventually.BecomesAsync(() =>
            gateway.Host.Reconciler.Status is { Transport.Identity.Pid: 1001, IsConverged: true });
        gateway.Vpp.BeforeStep = _ => StepFault.None;
        Directory.Delete(next);
        Assert.True((await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)))).Changed);
    }

    [Fact]
    public async Task A_tunnel_of_others_that_took_our_place_gets_none_of_our_acls()
    {
        await using Gateway gateway = await StartAsync();
        await TunnelTests.CreateAsync(gateway);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        await gateway.BindAsync("tunnel:site-b", ["web"], []);
        gateway.Vpp.Boot = state => state.CreateTunnel(
            0, 7777, System.Net.IPAddress.Loopback, Serval.VppBridge.Keys.PrivateKey.Generate());
        gateway.Vpp.Restart();
        await Eventually.BecomesAsync(() => gateway.Vpp.State.Acls.Count == 1
            && gateway.Host.Reconciler.Status.Drift.Any(
                d => d.Contains("somebody else", StringComparison.Ordinal)));
        SimulatedInterface theirs = gateway.Vpp.State.Find("wg0")!;
        Assert.Empty(gateway.Vpp.State.Lists[theirs.Index].Inputs);
        Assert.False(theirs.IsUp);
        Assert.Empty(gateway.Vpp.State.Routes);
    }

    [Fact]
    public async Task A_tunnel_whose_acls_cannot_be_bound_is_not_opened()
    {
        await using Gateway gateway = await StartAsync();
        await TunnelTests.CreateAsync(gateway);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        await gateway.BindAsync("tunnel:site-b", ["web"], []);
        SimulatedInterface tunnel = gateway.Vpp.State.Find("wg0")!;
        lock (gateway.Vpp.Gate)
        {
            (_, uint foreign) = gateway.Vpp.State.SetAcl(uint.MaxValue, "cli", []);
            gateway.Vpp.State.SetLists(tunnel.Index, [foreign], []);
            tunnel.IsUp = false;
            gateway.Vpp.State.Peers.Clear();
        }

        await gateway.Vpp.SendEventAsync(SimulatedApi.InterfaceEvent(tunnel.Index, 0, isDeleted: false));
        await Eventually.BecomesAsync(() => !gateway.Host.Reconciler.Status.IsConverged);
        await gateway.ApplyAsync(Acl("rest", Rule(AclAction.Deny)));
        Assert.False(tunnel.IsUp);
        Assert.Empty(gateway.Vpp.State.Peers);
    }

    [Fact]
    public async Task A_tunnel_whose_acls_vpp_refuses_to_bind_in_a_repair_is_not_opened()
    {
        await using Gateway gateway = await StartAsync(change: Gateway.WithoutLooks);
        await TunnelTests.CreateAsync(gateway);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        await gateway.BindAsync("tunnel:site-b", ["web"], []);
        gateway.Vpp.BeforeStep = step => step == "acl_interface_set_acl_list"
            ? StepFault.Refuse : StepFault.None;
        gateway.Vpp.Restart();
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status.Drift.Any(
            d => d.StartsWith("still needed: set ACLs of wg0", StringComparison.Ordinal)));
        lock (gateway.Vpp.Gate)
        {
            Assert.False(gateway.Vpp.State.Find("wg0")!.IsUp);
            Assert.Empty(gateway.Vpp.State.Peers);
            Assert.Empty(gateway.Vpp.State.Routes);
        }
    }

    [Fact]
    public async Task A_route_that_was_added_before_the_next_one_was_refused_is_taken_back()
    {
        await using Gateway gateway = await StartAsync(change: Gateway.WithoutLooks);
        await TunnelTests.CreateAsync(gateway);
        string before = gateway.Vpp.State.Describe();
        Serval.Vpp.V1.TunnelPeer peer = TunnelTests.Wanted().Peers[0];
        peer.Routes.AddRange(["10.50.1.0/24", "10.50.2.0/24"]);
        List<string> steps = [];
        gateway.Vpp.BeforeStep = step =>
        {
            steps.Add(step);
            return steps.Count == 2 ? StepFault.Refuse : StepFault.None;
        };
        RpcException e = await FailsAsync(StatusCode.FailedPrecondition, () => gateway.CallAsync(
            "AddTunnelPeer", new AddTunnelPeerRequest { Tunnel = "site-b", Peer = peer },
            AddTunnelPeerResponse.Parser));
        Assert.Contains("everything is as it was before", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, gateway.Vpp.State.Describe());

        // One was added, one refused, and the first one removed.
        Assert.Equal(["ip_route_add_del", "ip_route_add_del", "ip_route_add_del"], steps);
    }

    [Fact]
    public async Task However_many_look_at_once_vpp_is_looked_at_twice()
    {
        await using Gateway gateway = await StartAsync(change: Gateway.WithoutLooks);
        int looksCount = 0;
        using var isOpen = new ManualResetEventSlim();
        using var isAsked = new SemaphoreSlim(0);
        gateway.Vpp.BeforeAny = (name, _) =>
        {
            if (name == "sw_interface_dump" && Interlocked.Increment(ref looksCount) == 1)
            {
                isAsked.Release();
                isOpen.Wait();
            }

            return StepFault.None;
        };
        Task<VppState> first = gateway.Host.Reconciler.ObserveAsync(CancellationToken.None);
        await isAsked.WaitAsync();
        Task<VppState>[] rest = [.. Enumerable.Range(0, 100)
            .Select(_ => gateway.Host.Reconciler.ObserveAsync(CancellationToken.None))];
        using var gone = new CancellationTokenSource();
        Task left = gateway.Host.Reconciler.ObserveAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        isOpen.Set();
        await Task.WhenAll([first, .. rest]);
        Assert.Equal(2, looksCount);
    }

    [Fact]
    public async Task A_change_asks_for_the_addresses_of_tunnels_only()
    {
        await using Gateway gateway = await StartAsync(change: Gateway.WithoutLooks);
        await TunnelTests.CreateAsync(gateway);
        int askedCount = 0;
        gateway.Vpp.BeforeAny = (name, _) =>
        {
            askedCount += name == "ip_address_dump" ? 1 : 0;
            return StepFault.None;
        };
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));

        // Two families before the change and two after it.
        Assert.Equal(4, askedCount);
        VppState all = await gateway.Host.Reconciler.ObserveAsync(CancellationToken.None);
        Assert.Equal("10.1.0.1/24", Assert.Single(all.Interfaces.Single(i => i.Name == "host-va").Addresses)
            .ToString());
    }

    [Fact]
    public async Task Two_who_change_different_things_both_get_them()
    {
        foreach (VppTransportKind transport in (VppTransportKind[])[VppTransportKind.Api,
            VppTransportKind.Cli])
        {
            await using Gateway gateway = await StartAsync(transport);
            await gateway.ApplyAsync(Acl("base", Rule(AclAction.Deny)));
            Task<Change>[] changes = [.. Enumerable.Range(0, 20).SelectMany(i => (Task<Change>[])
            [
                gateway.ApplyAsync(Acl($"acl-{i}", Rule(AclAction.Deny, $"10.{i}.0.0/16"))),
                gateway.BindAsync(i % 2 == 0 ? "host-va" : "host-vb", i % 4 < 2 ? ["base"] : [], []),
            ])];
            await Task.WhenAll(changes);
            Assert.Equal(21, gateway.Vpp.State.Acls.Count);
            Assert.True(gateway.Host.Reconciler.Status.IsConverged);
            foreach (Serval.VppBridge.Model.Acl asked in gateway.Host.Reconciler.Desired.Acls.Values)
            {
                Assert.Equal(
                    asked.Rules, gateway.Vpp.State.Acls.Values.Single(a => a.Tag == asked.Tag).Rules);
            }
        }
    }

    [Fact]
    public async Task Of_two_who_saw_the_same_version_one_wins()
    {
        await using Gateway gateway = await StartAsync();
        string version = (await gateway.ApplyAsync(Acl("web", Rule(AclAction.Deny)))).ResourceVersion;
        Task<Change>[] racers = [.. Enumerable.Range(0, 10).Select(i =>
            gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit, $"10.{i}.0.0/16")), version: version))];
        await Task.WhenAll(racers).ContinueWith(_ => { }, TaskScheduler.Default);
        int winner = Array.FindIndex(racers, r => r.IsCompletedSuccessfully);
        Assert.Equal(1, racers.Count(r => r.IsCompletedSuccessfully));
        Assert.Equal($"10.{winner}.0.0/16", gateway.Vpp.State.Acls[0].Rules[0].Source.ToString());
        Assert.All(
            racers.Where(r => r.IsFaulted),
            r => Assert.Equal(StatusCode.Aborted, ((RpcException)r.Exception!.InnerException!).StatusCode));
    }
}
