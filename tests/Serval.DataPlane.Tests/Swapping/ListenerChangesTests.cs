using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Model;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tests.Workers;

namespace Serval.DataPlane.Tests.Swapping;

/// <summary>Listeners that come and go on a running router, beside clients that never stop coming.</summary>
public sealed class ListenerChangesTests
{
    private const int Clients = 16;
    private const int Rounds = 60;

    [Fact]
    public async Task A_listener_that_is_removed_and_comes_back_at_once_always_listens()
    {
        using LoopbackOrigin origin = new($"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{MarkedClient.Mark}");
        await using Router router = Router.Start(
            new RouterOptions { Workers = 2 }, NullLoggerFactory.Instance);
        int port = Ports.Free();
        Snapshot with = AllocationGateTests.SnapshotOf(port, origin.Port, []);
        Snapshot without = with with { Version = "0", Listeners = [], Routes = [] };
        using CancellationTokenSource stop = new();
        Task[] clients = new Task[Clients];
        for (int i = 0; i < Clients; i++)
            clients[i] = Task.Factory.StartNew(
                () => KnockUntil(port, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);

        for (int round = 0; round < Rounds; round++)
        {
            Assert.Empty(router.Apply(with).Findings);
            using (MarkedClient client = new(port))
            {
                client.Send("GET /path HTTP/1.1\r\nHost: a.example\r\n\r\n"u8);
                client.Read(1);
            }

            Assert.Empty(router.Apply(without).Findings);
            // Nothing of ours listens any more: somebody else could.
            Assert.Equal(0, Listening.Probe(new IPEndPoint(IPAddress.IPv6Any, port)));
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
    }

    [Fact]
    public async Task A_listener_whose_port_was_taken_listens_as_soon_as_it_can()
    {
        using LoopbackOrigin origin = new($"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{MarkedClient.Mark}");
        await using Router router = Router.Start(
            new RouterOptions { Workers = 2 }, NullLoggerFactory.Instance);
        Assert.Equal("no configuration is live yet", router.NotReadyReason);
        using Socket stranger = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp)
        {
            DualMode = true,
        };
        stranger.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        stranger.Listen();
        int port = ((IPEndPoint)stranger.LocalEndPoint!).Port;
        ApplyResult result = router.Apply(AllocationGateTests.SnapshotOf(port, origin.Port, []));
        Assert.True(result.IsAccepted);
        Assert.Equal("AddressNotUsable", Assert.Single(result.Findings).Reason);
        Assert.StartsWith("none of the 1 listening sockets", router.NotReadyReason, StringComparison.Ordinal);

        stranger.Dispose();
        Assert.True(SpinWait.SpinUntil(() => router.NotReadyReason is null, 60_000));
        using MarkedClient client = new(port);
        client.Send("GET /path HTTP/1.1\r\nHost: a.example\r\n\r\n"u8);
        client.Read(1);

        await router.DrainAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("draining", router.NotReadyReason);
    }

    // Connects, asks, and does not mind what becomes of it.
    private static void KnockUntil(int port, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using MarkedClient client = new(port);
                client.Send("GET /path HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"u8);
                client.ReadToEnd();
            }
            catch (SocketException)
            {
                // Refused or reset while the listener is away.
            }
        }
    }
}
