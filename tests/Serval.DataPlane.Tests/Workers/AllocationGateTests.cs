using System.Globalization;
using System.Text;
using Serval.Config.Model;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Tests.Matching;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Workers;

/// <summary>
/// The allocation gate: after start, a worker allocates nothing, whatever it carries. Real kernel, real
/// sockets.
/// </summary>
public sealed class AllocationGateTests
{
    private const int Connections = 8;
    private const int Batch = 25;

    private static readonly string Plain =
        "HTTP/1.1 200 OK\r\nServer: o\r\nContent-Length: 128\r\n\r\n" + new string('x', 127)
        + MarkedClient.Mark;

    private static readonly string Chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n worl"
        + $"{MarkedClient.Mark}\r\n0\r\nX-Sum: 1\r\n\r\n";

    [Fact]
    public void A_hundred_thousand_requests_allocate_nothing()
    {
        using LoopbackOrigin origin = new(Plain);
        using WorkerOnThisThread worker = new(port => SnapshotOf(port, origin.Port, []));
        byte[] requests = Repeat(
            "GET /path?q=1 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: t\r\nAccept: */*\r\n\r\n", Batch);
        AssertNothingAllocated(worker, requests, Batch, total: 100_000);
    }

    [Fact]
    public void Edits_rewrites_and_the_access_log_allocate_nothing()
    {
        AccessLogQueue log = new(new AccessLogOptions("-"));
        using LoopbackOrigin origin = new(Plain, mustContain: "GET /new/path?q=1 HTTP/1.1\r\n");
        using WorkerOnThisThread worker = new(port => SnapshotOf(port, origin.Port, Filters), log);
        byte[] requests = Repeat("GET /path?q=1 HTTP/1.1\r\nHost: a.example\r\nX-Gone: 1\r\n\r\n", Batch);
        long lines = 0;
        AssertNothingAllocated(
            worker, requests, Batch, total: 20_000, betweenRounds: () => lines += Drain(log));
        lines += Drain(log);
        Assert.Equal(0, origin.Misfits);
        Assert.Equal(worker.Counters.ReadOutcome(Outcome.Completed), lines);
        Assert.Equal(0, worker.Counters.Read(Counter.AccessLogDropped));
    }

    [Fact]
    public void Cors_policies_allocate_nothing()
    {
        using LoopbackOrigin origin = new(Plain);
        CorsFilter cors = new() { AllowOrigins = ["https://*.example"], AllowHeaders = ["*"] };
        using WorkerOnThisThread worker = new(port => SnapshotOf(port, origin.Port, [cors]));
        byte[] requests = Repeat(
            "OPTIONS /path HTTP/1.1\r\nHost: a.example\r\nOrigin: https://a.example\r\n"
            + "Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-a\r\n\r\n"
            + "GET /path HTTP/1.1\r\nHost: a.example\r\nOrigin: https://a.example\r\n\r\n", Batch);
        long allocated = worker.Allocates(
            () => Drive(worker, requests, Batch, 4_000), () => Drive(worker, requests, Batch, 20_000));
        Assert.Equal(0, allocated);
        Assert.Equal(
            worker.Counters.ReadOutcome(Outcome.Completed), worker.Counters.ReadOutcome(Outcome.Preflight));
    }

    [Fact]
    public void Copies_of_requests_allocate_nothing()
    {
        using LoopbackOrigin origin = new(Plain);
        MirrorFilter mirror = new() { Cluster = "c" };
        using WorkerOnThisThread worker = new(port => SnapshotOf(port, origin.Port, [mirror]));
        byte[] requests = Repeat(
            "PUT /path HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5000\r\n\r\n" + new string('b', 5_000),
            5);
        AssertNothingAllocated(worker, requests, 5, total: 5_000);
        Assert.True(worker.Counters.Read(Counter.MirrorsCompleted) > 5_000);
    }

    [Fact]
    public void Requests_that_are_sent_again_allocate_nothing()
    {
        using LoopbackOrigin origin = new(Plain.Replace("200 OK", "503 No", StringComparison.Ordinal));
        RetryPolicy retry = new() { Codes = [503], Attempts = 1, BackoffMs = 0 };
        using WorkerOnThisThread worker = new(port =>
        {
            Snapshot snapshot = SnapshotOf(port, origin.Port, []);
            HttpRoute route = snapshot.Routes[0];
            return snapshot with
            {
                Routes = [route with { Rules = [route.Rules[0] with { Retry = retry }] }],
            };
        });
        byte[] request = Repeat("GET /path HTTP/1.1\r\nHost: a.example\r\n\r\n", 1);
        long allocated = worker.Allocates(
            () => Drive(worker, request, 1, 800), () => Drive(worker, request, 1, 800));
        Assert.Equal(0, allocated);
        Assert.Equal(
            worker.Counters.ReadOutcome(Outcome.Completed), worker.Counters.Read(Counter.Retries));
    }

    [Fact]
    public void Many_routes_of_every_kind_and_several_endpoints_allocate_nothing()
    {
        using LoopbackOrigin one = new(Plain, mustContain: "\r\nX-Set: 1\r\n");
        using LoopbackOrigin two = new(Plain, mustContain: "\r\nX-Set: 1\r\n");
        using LoopbackOrigin three = new(Plain, mustContain: "\r\nX-Set: 1\r\n");
        int[] origins = [one.Port, two.Port, three.Port];
        Filter[] edits = [Filters[0], Filters[1]];
        using WorkerOnThisThread worker = new(port => ManyRoutes.Build(port, origins, edits));
        byte[] requests = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Range(0, ManyRoutes.Count).Select(ManyRoutes.Request)));
        AssertNothingAllocated(worker, requests, ManyRoutes.Count, total: 20_000);
        Assert.Equal(0, one.Misfits + two.Misfits + three.Misfits);
        Assert.Equal(0, worker.Counters.ReadOutcome(Outcome.NoRoute));
    }

    [Fact]
    public void Chunked_bodies_either_way_allocate_nothing()
    {
        using LoopbackOrigin origin = new(Chunked, mustContain: "\r\n0\r\n");
        using WorkerOnThisThread worker = new(port => SnapshotOf(port, origin.Port, []));
        byte[] requests = Repeat(
            "POST /path HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n2;e\r\nde\r\n0\r\n\r\n", 5);
        AssertNothingAllocated(worker, requests, 5, total: 10_000);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(100_000)]
    public void Bodies_with_a_length_allocate_nothing(int bytes)
    {
        using LoopbackOrigin origin = new(Plain);
        using WorkerOnThisThread worker = new(port => SnapshotOf(port, origin.Port, []));
        byte[] request = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST /path HTTP/1.1\r\nHost: a.example\r\nContent-Length: {bytes}\r\n\r\n")
            + new string('b', bytes));
        AssertNothingAllocated(worker, request, 1, total: 4_000);
    }

    [Fact]
    public void Connections_that_come_and_go_and_local_answers_allocate_nothing()
    {
        using LoopbackOrigin origin = new(Plain);
        using WorkerOnThisThread worker = new(port => SnapshotOf(port, origin.Port, []));
        byte[][] requests =
        [
            Encoding.ASCII.GetBytes("GET /path HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"),
            Encoding.ASCII.GetBytes(
            "GET /elsewhere HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"),
            Encoding.ASCII.GetBytes("GET /path HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n"),
        ];

        void Visit(int times)
        {
            for (int i = 0; i < times; i++)
            {
                foreach (byte[] request in requests)
                {
                    using MarkedClient client = new(worker.Port);
                    client.Send(request);
                    client.ReadToEnd();
                }
            }
        }

        Assert.Equal(0, worker.Allocates(() => Visit(100), () => Visit(500)));
        Assert.Equal(600, worker.Counters.ReadOutcome(Outcome.NoRoute));
        Assert.Equal(600, worker.Counters.ReadOutcome(Outcome.BadRequest));
        Assert.Equal(600, worker.Counters.ReadOutcome(Outcome.Completed));
    }

    // The control: the same measurement sees a worker whose clock allocates.
    [Fact]
    public void The_gate_sees_a_worker_that_allocates()
    {
        using LoopbackOrigin origin = new(Plain);
        using WorkerOnThisThread worker = new(
            port => SnapshotOf(port, origin.Port, []), clock: new WastefulClock());
        byte[] requests = Repeat("GET /path HTTP/1.1\r\nHost: a.example\r\n\r\n", Batch);
        long allocated = worker.Allocates(
            () => Drive(worker, requests, Batch, 2_000), () => Drive(worker, requests, Batch, 2_000));
        Assert.True(allocated > 0);
    }

    private static readonly Filter[] Filters =
    [
        new RequestHeaderFilter(new HeaderEdits
        {
            Set = [new HeaderValue("X-Set", "1")],
            Add = [new HeaderValue("X-Add", "2")],
            Remove = ["X-Gone"],
        }),
        new ResponseHeaderFilter(
        new HeaderEdits { Set = [new HeaderValue("X-Out", "3")], Remove = ["Server"] }),
        new RewriteFilter
        {
            Hostname = "up.example",
            Path = new PathChange(PathChangeKind.ReplacePrefix, "/new/path"),
        },
    ];

    private static void AssertNothingAllocated(
        WorkerOnThisThread worker, byte[] requests, int batch, int total, Action? betweenRounds = null)
    {
        int warmUp = Math.Max(2_000, batch * Connections * 20);
        long allocated = worker.Allocates(
            () => Drive(worker, requests, batch, warmUp, betweenRounds),
            () => Drive(worker, requests, batch, total, betweenRounds));
        Assert.Equal(0, allocated);
        Assert.True(worker.Counters.ReadOutcome(Outcome.Completed) >= total);
        Assert.Equal(worker.Counters.ReadOutcome(Outcome.Completed), worker.Counters.ReadListener(0, 1));
    }

    // Keep-alive connections, each with a batch of requests under way.
    private static void Drive(
        WorkerOnThisThread worker, byte[] requests, int batch, int total, Action? betweenRounds = null)
    {
        MarkedClient[] clients = new MarkedClient[Connections];
        for (int i = 0; i < clients.Length; i++) clients[i] = new MarkedClient(worker.Port);
        for (int done = 0; done < total; done += batch * clients.Length)
        {
            foreach (MarkedClient client in clients) client.Send(requests);
            foreach (MarkedClient client in clients) client.Read(batch);
            betweenRounds?.Invoke();
        }

        foreach (MarkedClient client in clients) client.Dispose();
    }

    private static long Drain(AccessLogQueue log)
    {
        long lines = 0;
        for (ReadOnlyMemory<byte> run = log.Peek(); !run.IsEmpty; run = log.Peek())
        {
            lines += run.Span.Count((byte)'\n');
            log.Advance(run.Length);
        }

        return lines;
    }

    private static byte[] Repeat(string request, int times) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, times)));

    internal static Snapshot SnapshotOf(int port, int originPort, Filter[] filters) => new()
    {
        Version = "1",
        Listeners = [new Listener { Name = "web", Port = port, Protocol = ListenerProtocol.Http }],
        Routes =
        [
            new HttpRoute
            {
                Name = "r",
                Attachments = [new Attachment { Listener = "web" }],
                Rules =
                [
                    new HttpRule
                    {
                        Matches = [new Match { Path = new PathMatch(PathMatchKind.Prefix, "/path") }],
                        Filters = [.. filters],
                        Backends = [new WeightedCluster { Cluster = "c" }],
                    },
                ],
            },
        ],
        Clusters = [new Cluster { Name = "c" }],
        EndpointSets = [new EndpointSet("c", [new Endpoint("127.0.0.1", originPort)])],
    };

    private sealed class WastefulClock : IClock
    {
        private readonly SystemClock _clock = new();
        private object? _kept;

        public long Microseconds
        {
            get
            {
                _kept = new object();
                return _clock.Microseconds + (_kept is null ? 1 : 0);
            }
        }

        public long UnixMs => _clock.UnixMs;
    }
}
