using System.Text;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Components;

/// <summary>Exchanges without a worker: from a head to the one record that is left.</summary>
public sealed class ExchangeTableTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Request = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private static readonly byte[] Ok = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    [Fact]
    public void A_request_goes_to_an_endpoint_and_its_answer_comes_back_over_connections_that_are_kept()
    {
        using ExchangeBench bench = new(new Timeouts(), Endpoint);
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        TcpConnection client = bench.Client(Request);
        for (int i = 1; i <= 2; i++)
        {
            bench.Bench.RunUntil(() => peers.Count == 1);
            Assert.StartsWith(
                "GET / HTTP/1.1\r\n", bench.ReadUntil(peers[0], "\r\n\r\n"), StringComparison.Ordinal);
            Assert.Equal(1, bench.Exchanges.Count);
            peers[0].PeerWrite(Ok);
            bench.ReadUntil(client, "\r\n\r\nok");
            bench.Bench.RunUntil(() => bench.Exchanges.Count == 0);
            Assert.Equal(i, bench.Bench.Counters.ReadOutcome(Outcome.Completed));
            Assert.Equal(i * Request.Length, bench.Bench.Counters.Read(Counter.BytesReceivedDownstream));
            Assert.Equal(i * Ok.Length, bench.Bench.Counters.Read(Counter.BytesReceivedUpstream));
            client.PeerWrite(Encoding.ASCII.GetBytes(Request));
        }

        Assert.Equal(1, bench.Bench.Counters.Read(Counter.UpstreamConnects));
        Assert.True(bench.Bench.Counters.Read(Counter.UpstreamReuses) >= 1);
    }

    // The last bytes of a body, or the end behind them, wait in the router while the client does not read.
    // Nobody sends anything any more, so the client's reading alone must bring them to it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_waits_for_a_slow_client_goes_on_when_it_reads(bool hasLength)
    {
        int sizes = 0;
        for (int length = 64 * 1024; TryFill(length); length += 8 * 1024) sizes++;
        Assert.InRange(sizes, 20, 500);

        // False where the router takes no more.
        bool TryFill(int length)
        {
            using ExchangeBench bench = new(
                new Timeouts(), SceneSnapshot.Of(Endpoint), wholeBuffers: 512);
            List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
            TcpConnection client = bench.Client(Request);
            bench.Bench.RunUntil(() => peers.Count == 1);
            bench.ReadUntil(peers[0], "\r\n\r\n");
            byte[] response =
            [
                .. Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\n{(hasLength ? $"Content-Length: {length}\r\n" : "")}\r\n"),
                .. new byte[length],
            ];
            int written = 0;
            for (int turns = 0; turns < 500; turns++)
            {
                int count = Math.Min(peers[0].ToRouter.Room, response.Length - written);
                if (count > 0) peers[0].PeerWrite(response.AsSpan(written, count));
                written += count;
                if (count > 0 && written == response.Length && !hasLength) peers[0].PeerEnd();
                bench.Bench.Run(1);
            }

            if (written < response.Length) return false;
            // Only the body has zeros.
            long read = 0;
            bench.Bench.RunUntil(() => (read += TransportBench.Read(client).Count(letter => letter == 0))
                == length);
            bench.Bench.RunUntil(() => bench.Exchanges.Count == 0);
            Assert.Equal(1, bench.Bench.Counters.ReadOutcome(Outcome.Completed));
            return true;
        }
    }

    [Fact]
    public void When_a_client_goes_its_exchange_ends_on_the_other_side_too()
    {
        using ExchangeBench bench = new(new Timeouts(), Endpoint);
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        TcpConnection client = bench.Client(Request);
        bench.Bench.RunUntil(() => peers.Count == 1);
        bench.ReadUntil(peers[0], "\r\n\r\n");
        client.PeerReset();
        bench.Bench.RunUntil(() => peers[0].IsRouterClosed);
        Assert.Equal(0, bench.Exchanges.Count);
        Assert.Equal(1, bench.Bench.Counters.ReadOutcome(Outcome.DownstreamAborted));
        Assert.Equal(0, bench.Pools.Connections(0));
    }

    [Fact]
    public void Without_an_endpoint_the_client_is_told_so()
    {
        using ExchangeBench bench = new(new Timeouts());
        TcpConnection client = bench.Client(Request);
        Assert.StartsWith("HTTP/1.1 503 ", bench.ReadUntil(client, "\n"), StringComparison.Ordinal);
        Assert.Equal(1, bench.Bench.Counters.ReadOutcome(Outcome.NoEndpoint));
    }

    [Fact]
    public void An_endpoint_that_says_nothing_is_given_up_when_its_time_is_over()
    {
        Timeouts timeouts = new() { StreamIdleMs = 2_000 };
        using ExchangeBench bench = new(timeouts, Endpoint);
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        TcpConnection client = bench.Client(Request);
        bench.Bench.RunUntil(() => peers.Count == 1);
        bench.ReadUntil(peers[0], "\r\n\r\n");
        long since = bench.Bench.Clock.NowMs;
        string answer = "";
        bench.Bench.RunUntil(() => (answer += TransportBench.Read(client)).Length > 0);
        Assert.StartsWith("HTTP/1.1 504 ", answer, StringComparison.Ordinal);
        long waitedMs = bench.Bench.Clock.NowMs - since;
        Assert.InRange(waitedMs, timeouts.StreamIdleMs - 100, 2 * timeouts.StreamIdleMs);
    }

    [Fact]
    public void What_is_in_progress_at_the_end_is_cut_off_and_recorded()
    {
        using ExchangeBench bench = new(new Timeouts(), Endpoint);
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        TcpConnection client = bench.Client(Request);
        bench.Bench.RunUntil(() => peers.Count == 1);
        bench.ReadUntil(peers[0], "\r\n\r\n");
        bench.Exchanges.EndAll();
        Assert.Equal(0, bench.Exchanges.Count);
        Assert.Equal(1, bench.Bench.Counters.ReadOutcome(Outcome.Drained));
        bench.Bench.RunUntil(() => client.IsRouterClosed && peers[0].IsRouterClosed);
    }
}
