using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Publishing;
using Serval.Kubernetes.Tests.Gateways;

namespace Serval.Kubernetes.Tests.Publishing;

/// <summary>A router process and the link that a gateway keeps with it; no API server.</summary>
public sealed class RouterLinkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serval-link-");
    private readonly TcpListener _stranger = new(IPAddress.IPv6Any, 0);

    public RouterLinkTests()
    {
        _stranger.Server.DualMode = true;
        _stranger.Start();
    }

    private int Port => ((IPEndPoint)_stranger.LocalEndpoint).Port;

    public void Dispose()
    {
        _stranger.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_socket_that_is_bound_late_is_learned_of_without_another_push()
    {
        await using ServalProcess router = await ServalProcess.StartRouterAsync(_folder.FullName);
        await using RouterFleet fleet = await PublishAsync(router);
        await Deadline.UntilAsync(() => Task.FromResult(fleet.State.Routers[0]), IsNotBound);
        _stranger.Stop();
        RouterState bound = await Deadline.UntilAsync(
            () => Task.FromResult(fleet.State.Routers[0]), state => !IsNotBound(state));
        Assert.Equal("one", bound.Version);
        Assert.Equal(1, bound.Pushes + bound.FailedPushes);
    }

    [Fact]
    public async Task A_gateway_that_starts_beside_a_running_router_asks_and_does_not_push()
    {
        await using ServalProcess router = await ServalProcess.StartRouterAsync(_folder.FullName);
        await using (RouterFleet before = await PublishAsync(router))
            await Deadline.UntilAsync(() => Task.FromResult(before.State.Routers[0]), IsNotBound);
        await using RouterFleet fleet = await PublishAsync(router);
        RouterState found = await Deadline.UntilAsync(
            () => Task.FromResult(fleet.State.Routers[0]), state => state.Sequence == 1);
        Assert.True(IsNotBound(found));
        Assert.Equal(0, found.Pushes + found.FailedPushes);
    }

    private static bool IsNotBound(RouterState state) => state.Findings.Any(finding => finding is
    {
        Severity: Severity.Error, Subject: "Listener http",
    });

    private async Task<RouterFleet> PublishAsync(ServalProcess router)
    {
        RouterFleet fleet = new(
            new RouterAccess(), () => (true, 1), TimeProvider.System, NullLogger.Instance);
        Snapshot snapshot = new()
        {
            Version = "one",
            Listeners = [new Listener { Name = "http", Port = Port, Protocol = ListenerProtocol.Http }],
        };
        fleet.Offer(snapshot, sequence: 1, generation: 1, []);
        await fleet.UpdateAsync([new RouterEndpoint("router", router.Admin, null, IsReady: true)]);
        return fleet;
    }
}
