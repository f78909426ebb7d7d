using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Config.Model;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Tests.Workers;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>TLS beside those who misbehave, under swaps, and without allocations.</summary>
public sealed class TlsUnderLoadTests
{
    private const int HalfHandshakes = 5_000;

    // 10,000 on demand: SERVAL_TLS_SWAPS.
    private static readonly int Swaps = int.Parse(
        Environment.GetEnvironmentVariable("SERVAL_TLS_SWAPS") ?? "300", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Clients_that_stop_in_mid_handshake_are_not_noticed_by_one_that_behaves()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["server.example"]);
        scene.Apply(scene.Https(pair), pair);
        byte[] hello = HelloOf();
        List<Socket> halves = [];
        using SslStream kept = await scene.ConnectAsync("server.example");
        for (int i = 0; i < HalfHandshakes; i++)
        {
            Socket half = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await half.ConnectAsync(IPAddress.Loopback, scene.Port);
            await half.SendAsync(hello);
            halves.Add(half);
            if (i % 500 != 0) continue;
            Assert.EndsWith(
                TlsScene.Body, await TlsScene.AskAsync(kept, "server.example"), StringComparison.Ordinal);
            using SslStream newcomer = await scene.ConnectAsync("server.example");
            Assert.EndsWith(
                TlsScene.Body, await TlsScene.AskAsync(newcomer, "server.example"), StringComparison.Ordinal);
        }

        await scene.UntilMetricAsync(
            "serval_limit_handshakes_in_progress_total "
            + (HalfHandshakes - Limits.HandshakesInProgress).ToString(CultureInfo.InvariantCulture));
        Assert.Contains(
            "serval_tls_handshake_failures_total{side=\"downstream\",reason=\"evicted\",alert=\"\"} ",
            scene.Metrics(), StringComparison.Ordinal);
        halves.ForEach(half => half.Dispose());
    }

    [Fact]
    public async Task Certificates_swap_under_load_and_no_request_fails()
    {
        await using TlsScene scene = TlsScene.Start(workers: 2);
        IssuedPair[] pairs =
        [
            scene.Authority.Issue("web", ["a.example"]), scene.Authority.Issue("web", ["a.example"]),
        ];
        scene.Apply(scene.Https(pairs[0]), pairs[0]);
        int isOver = 0;
        long answered = 0;
        Task[] clients = new Task[3];
        for (int i = 0; i < clients.Length; i++)
        {
            bool isKept = i == 0;
            clients[i] = Task.Run(async () =>
            {
                SslStream stream = await scene.ConnectAsync("a.example");
                while (Volatile.Read(ref isOver) == 0)
                {
                    string response = await TlsScene.AskAsync(stream, "a.example");
                    Assert.EndsWith(TlsScene.Body, response, StringComparison.Ordinal);
                    Interlocked.Increment(ref answered);
                    if (isKept) continue;
                    await stream.DisposeAsync();
                    stream = await scene.ConnectAsync("a.example");
                }

                await stream.DisposeAsync();
            });
        }

        for (int i = 1; i <= Swaps; i++)
        {
            scene.Apply(scene.Https(pairs[i % 2]), pairs[i % 2]);
            foreach (Task client in clients) Assert.False(client.IsFaulted, client.Exception?.ToString());
        }

        Volatile.Write(ref isOver, 1);
        await Task.WhenAll(clients);
        Assert.True(Interlocked.Read(ref answered) > 0);
    }

    [Fact]
    public void Requests_and_handshakes_over_TLS_allocate_nothing()
    {
        using TestAuthority authority = new();
        IssuedPair pair = authority.Issue("web", ["a.example"]);
        using CertificateStore store = new();
        Assert.Null(store.Put(pair.Keys()));
        using LoopbackOrigin origin = new(
            $"HTTP/1.1 200 OK\r\nContent-Length: {TlsScene.Body.Length}\r\n\r\n{TlsScene.Body}");
        using WorkerOnThisThread worker = new(
            port => TlsScene.SnapshotOf(port, origin.Port, pair), certificates: store);
        long allocated = worker.Allocates(() => Ask(20, 50), () => Ask(20, 200));
        Assert.Equal(0, allocated);

        void Ask(int connections, int requests)
        {
            for (int i = 0; i < connections; i++)
            {
                using TcpClient client = new("127.0.0.1", worker.Port);
                using SslStream stream = new(client.GetStream(), false, (_, _, _, _) => true);
                stream.AuthenticateAsClient("a.example");
                for (int j = 0; j < requests; j++)
                {
                    string response = TlsScene.AskAsync(stream, "a.example").GetAwaiter().GetResult();
                    Assert.EndsWith(TlsScene.Body, response, StringComparison.Ordinal);
                }
            }
        }
    }

    // Every member of a line about TLS, those of a client's certificate included.
    [Fact]
    public void An_access_log_that_tells_of_TLS_allocates_nothing()
    {
        using TestAuthority authority = new();
        IssuedPair pair = authority.Issue("web", ["a.example"]);
        using X509Certificate2 alice = authority.Issue("alice", [], subject: "CN=alice").ForSslStream();
        using CertificateStore store = new();
        Assert.Null(store.Put(pair.Keys()));
        using LoopbackOrigin origin = new(
            $"HTTP/1.1 200 OK\r\nContent-Length: {TlsScene.Body.Length}\r\n\r\n{TlsScene.Body}");
        AccessLogQueue log = new(
            new AccessLogOptions("-") { Fields = AccessFields.Default | AccessFields.ClientSubject });
        using WorkerOnThisThread worker = new(
            port => AskingClients(TlsScene.SnapshotOf(port, origin.Port, pair), authority), log,
            certificates: store);
        StringBuilder text = new();
        Assert.Equal(0, worker.Allocates(() => Ask(10, 50), () => Ask(10, 100)));
        Drain();
        string[] lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // The turns end with the load: the last record may not be written yet.
        Assert.Equal(worker.Counters.ReadOutcome(Outcome.Completed), lines.Length);
        Assert.InRange(lines.Length, (10 * (50 + 100)) - 1, 10 * (50 + 100));
        Assert.Equal(0, worker.Counters.Read(Counter.AccessLogDropped));
        Assert.All(lines, static line =>
        {
            Assert.Contains("\"tls_version\":\"1.3\",\"tls_cipher\":\"TLS_", line, StringComparison.Ordinal);
            Assert.Contains("\"sni\":\"a.example\",\"tls_resumed\":", line, StringComparison.Ordinal);
            Assert.Contains("\"client_subject\":\"CN=alice\"", line, StringComparison.Ordinal);
            Assert.Contains("\"client_fingerprint\":\"", line, StringComparison.Ordinal);
        });

        void Ask(int connections, int requests)
        {
            for (int i = 0; i < connections; i++)
            {
                using TcpClient client = new("127.0.0.1", worker.Port);
                using SslStream stream = new(client.GetStream(), false, (_, _, _, _) => true);
                stream.AuthenticateAsClient("a.example", [alice], checkCertificateRevocation: false);
                for (int j = 0; j < requests; j++)
                {
                    string response = TlsScene.AskAsync(stream, "a.example").GetAwaiter().GetResult();
                    Assert.EndsWith(TlsScene.Body, response, StringComparison.Ordinal);
                }

                Drain();
            }
        }

        void Drain()
        {
            for (ReadOnlyMemory<byte> run = log.Peek(); !run.IsEmpty; run = log.Peek())
            {
                text.Append(Encoding.UTF8.GetString(run.Span));
                log.Advance(run.Length);
            }
        }
    }

    private static Snapshot AskingClients(Snapshot snapshot, TestAuthority authority)
    {
        Listener listener = snapshot.Listeners[0];
        ListenerTls tls = listener.Tls! with
        {
            ClientValidation = new ClientValidation { Authorities = [authority.Name] },
        };
        return snapshot with
        {
            Authorities = [authority.Model],
            Listeners = [listener with { Tls = tls }],
        };
    }

    private static byte[] HelloOf()
    {
        using TestAuthority authority = new();
        using TlsPair pair = new(authority, isTls13Only: false);
        pair.Sessions.Handshake(TlsPair.Client);
        return pair.TakeWire(TlsPair.Client);
    }
}
