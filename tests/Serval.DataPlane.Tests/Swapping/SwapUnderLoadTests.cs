using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Admin;
using Serval.DataPlane.Tests.Workers;

namespace Serval.DataPlane.Tests.Swapping;

/// <summary>Snapshots applied to a running router, through the same door as in production.</summary>
public sealed class SwapUnderLoadTests
{
    private const int Clients = 6;
    private const int Swaps = 50;
    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        "GET /path HTTP/1.1\r\nHost: a.example\r\n\r\n");

    [Fact]
    public async Task Every_response_under_fifty_swaps_is_of_exactly_one_snapshot()
    {
        using LoopbackOrigin first = new(ResponseOf("a"));
        using LoopbackOrigin second = new(ResponseOf("b"));
        await using Router router = Router.Start(
            new RouterOptions { Workers = 2 }, NullLoggerFactory.Instance);
        int port = Ports.Free();
        LoopbackOrigin[] origins = [first, second];
        Assert.Empty(router.Apply(SnapshotOf(0, port, origins)).Findings);

        long answered = 0;
        int isOver = 0;
        Task<string>[] clients = new Task<string>[Clients];
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i] = Task.Factory.StartNew(
                () =>
                    Ask(port, () => Volatile.Read(ref isOver) == 1,
                        () => Interlocked.Increment(ref answered)),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        for (int version = 1; version <= Swaps; version++)
        {
            long before = Interlocked.Read(ref answered);
            Assert.Empty(router.Apply(SnapshotOf(version, port, origins)).Findings);
            // Every snapshot carries traffic before the next comes.
            Assert.True(SpinWait.SpinUntil(() => Interlocked.Read(ref answered) > before + Clients, 30_000));
        }

        Volatile.Write(ref isOver, 1);
        foreach (string failure in await Task.WhenAll(clients)) Assert.Equal("", failure);
        Assert.Equal(1, await UntilFreedAsync(router));
        Assert.Contains(
            $"serval_snapshots_applied_total {Swaps + 1}\n", MetricsOf(router), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listeners_come_and_go_without_touching_the_others()
    {
        using LoopbackOrigin origin = new(ResponseOf("a"));
        await using Router router = Router.Start(
            new RouterOptions { Workers = 2 }, NullLoggerFactory.Instance);
        int stays = Ports.Free();
        int comes = Ports.Free();
        LoopbackOrigin[] origins = [origin];
        router.Apply(SnapshotOf(0, stays, origins));
        using MarkedClient kept = new(stays);
        kept.Send(Request);
        kept.Read(1);

        for (int round = 0; round < 3; round++)
        {
            Assert.Empty(router.Apply(SnapshotOf(0, stays, origins, comes)).Findings);
            using (MarkedClient visitor = new(comes))
            {
                visitor.Send(Request);
                visitor.Read(1);
                Assert.Empty(router.Apply(SnapshotOf(0, stays, origins)).Findings);
                // Once the snapshot is live nothing listens there, and who was connected is not any more.
                Assert.True(IsRefused(comes));
                Assert.Equal("", visitor.ReadSome());
            }

            kept.Send(Request);
            kept.Read(1);
        }
    }

    [Fact]
    public async Task A_taken_port_is_named_and_the_other_listener_serves()
    {
        using LoopbackOrigin origin = new(ResponseOf("a"));
        using Socket stranger = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp)
        {
            DualMode = true,
        };
        stranger.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        stranger.Listen();
        int taken = ((IPEndPoint)stranger.LocalEndPoint!).Port;
        int free = Ports.Free();
        await using Router router = Router.Start(
            new RouterOptions { Workers = 1 }, NullLoggerFactory.Instance);
        ApplyResult result = router.Apply(SnapshotOf(0, free, [origin], taken));
        Assert.True(result.IsAccepted);
        Finding finding = Assert.Single(result.Findings);
        Assert.Contains($"*:{taken}", finding.ToString(), StringComparison.Ordinal);
        Assert.Contains("EADDRINUSE", finding.ToString(), StringComparison.Ordinal);
        using MarkedClient client = new(free);
        client.Send(Request);
        client.Read(1);

        // Once the stranger has gone, applying the same snapshot again brings the listener up.
        stranger.Dispose();
        Assert.Empty(router.Apply(SnapshotOf(0, free, [origin], taken)).Findings);
        using MarkedClient late = new(taken);
        late.Send(Request);
        late.Read(1);
    }

    [Fact]
    public async Task A_refused_snapshot_changes_nothing()
    {
        using LoopbackOrigin origin = new(ResponseOf("a"));
        await using Router router = Router.Start(
            new RouterOptions { Workers = 1 }, NullLoggerFactory.Instance);
        int port = Ports.Free();
        router.Apply(SnapshotOf(0, port, [origin]));
        Snapshot wrong = SnapshotOf(1, port, [origin]) with
        {
            EndpointSets = [new EndpointSet("c0", [new Endpoint("no address", 1)])],
        };
        ApplyResult refused = router.Apply(wrong);
        Assert.False(refused.IsAccepted);
        Assert.Equal("0", refused.Version);
        Assert.NotEmpty(refused.Findings);
        using MarkedClient client = new(port);
        client.Send(Request);
        Assert.Contains("X-Version: 0\r\n", client.Read(1, wantsText: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_router_that_is_disposed_of_gives_its_ports_back()
    {
        using LoopbackOrigin origin = new(ResponseOf("a"));
        int port = Ports.Free();
        for (int life = 0; life < 2; life++)
        {
            Router router = Router.Start(new RouterOptions { Workers = 2 }, NullLoggerFactory.Instance);
            Assert.Empty(router.Apply(SnapshotOf(0, port, [origin])).Findings);
            await router.DisposeAsync();
            Assert.True(IsRefused(port));
        }
    }

    // Asks until told to stop; the first wrong answer ends it.
    private static string Ask(int port, Func<bool> isOver, Action answered)
    {
        try
        {
            using MarkedClient client = new(port);
            while (!isOver())
            {
                client.Send(Request);
                string response = client.Read(1, wantsText: true);
                if (!IsOfOneSnapshot(response)) return response;
                answered();
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return failure.ToString();
        }

        return "";
    }

    // The origin echoes nothing: version and origin are told by the response edits and by the body, and the
    // origin is of the version's parity.
    private static bool IsOfOneSnapshot(string response)
    {
        const string name = "X-Version: ";
        int at = response.IndexOf(name, StringComparison.Ordinal);
        if (!response.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) || at < 0) return false;
        int start = at + name.Length;
        int version = int.Parse(response[start..response.IndexOf('\r', start)], CultureInfo.InvariantCulture);
        return response.EndsWith(
            (version % 2 == 0 ? "a" : "b") + MarkedClient.Mark, StringComparison.Ordinal);
    }

    private static string ResponseOf(string name) =>
        $"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{name}{MarkedClient.Mark}";

    private static Snapshot SnapshotOf(int version, int port, LoopbackOrigin[] origins, int otherPort = 0)
    {
        string cluster = $"c{version % origins.Length}";
        HeaderEdits edits = new()
        {
            Set = [new HeaderValue("X-Version", version.ToString(CultureInfo.InvariantCulture))],
        };
        ImmutableArray<Listener> listeners = [ListenerOf("web", port)];
        ImmutableArray<Attachment> attachments = [new Attachment { Listener = "web" }];
        if (otherPort != 0)
        {
            listeners = listeners.Add(ListenerOf("other", otherPort));
            attachments = attachments.Add(new Attachment { Listener = "other" });
        }

        HttpRule rule = new()
        {
            Matches = [new Match { Path = new PathMatch(PathMatchKind.Prefix, "/") }],
            Filters = [new ResponseHeaderFilter(edits)],
            Backends = [new WeightedCluster { Cluster = cluster }],
        };
        return new Snapshot
        {
            Version = version.ToString(CultureInfo.InvariantCulture),
            Listeners = listeners,
            Routes = [new HttpRoute { Name = "r", Attachments = attachments, Rules = [rule] }],
            Clusters = [new Cluster { Name = cluster }],
            EndpointSets =
                [new EndpointSet(cluster,
                    [new Endpoint("127.0.0.1", origins[version % origins.Length].Port)])],
        };
    }

    private static Listener ListenerOf(string name, int port) =>
        new() { Name = name, Port = port, Protocol = ListenerProtocol.Http };

    private static bool IsRefused(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    // The router sweeps by itself once a second; old snapshots go with that.
    private static async Task<int> UntilFreedAsync(Router router)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        int held = int.MaxValue;
        for (int looks = 0; looks < 600 && held != 1; looks++)
        {
            string metrics = MetricsOf(router);
            const string name = "\nserval_snapshots_held ";
            int start = metrics.IndexOf(name, StringComparison.Ordinal) + name.Length;
            held = int.Parse(metrics[start..metrics.IndexOf('\n', start)], CultureInfo.InvariantCulture);
            if (held != 1) await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return held;
    }

    private static string MetricsOf(Router router)
    {
        ArrayBufferWriter<byte> output = new();
        router.WriteMetrics(new MetricsWriter(output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
