using System.Text;
using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Components;

/// <summary>
/// Every buffer is held by others at the moment in which an exchange needs one. It ends and is counted, and
/// the next one finds everything as it was.
/// </summary>
public sealed class ExhaustedBuffersTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Request = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_response_whose_head_finds_no_room_is_a_503_or_a_cut(bool hasRoomForAnswers)
    {
        using ExchangeBench bench = new(new Timeouts(), Endpoint);
        (TcpConnection client, List<TcpConnection> peers) = Ask(bench, Request, "\r\n\r\n");
        Hoard hoard = new(bench, hasRoomForAnswers);
        peers[0].PeerWrite(Encoding.ASCII.GetBytes(Ok));
        MustEnd(bench, client, hasRoomForAnswers);
        bench.Bench.RunUntil(() => peers[0].IsRouterClosed);
        ServesAgain(bench, hoard, peers);
    }

    // The head came in two pieces, which are put together where there is room for both.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_response_head_in_pieces_that_find_no_room_is_a_503_or_a_cut(bool hasRoomForAnswers)
    {
        using ExchangeBench bench = new(new Timeouts(), Endpoint);
        (TcpConnection client, List<TcpConnection> peers) = Ask(bench, Request, "\r\n\r\n");
        peers[0].PeerWrite(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nX-Long: " + new string('x', 3_500)));
        bench.Bench.Run(20);
        Hoard hoard = new(bench, hasRoomForAnswers);
        peers[0].PeerWrite(Encoding.ASCII.GetBytes(new string('y', 3_500)));
        MustEnd(bench, client, hasRoomForAnswers);
        bench.Bench.RunUntil(() => peers[0].IsRouterClosed);
        ServesAgain(bench, hoard, peers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_redirect_that_finds_no_room_is_a_503_or_a_cut(bool hasRoomForAnswers)
    {
        HttpRule rule = new() { Filters = [new RedirectFilter { Hostname = "b.example" }] };
        AnswersOnceThereIsRoom(rule, Request, "302", hasRoomForAnswers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_preflight_that_finds_no_room_is_a_503_or_a_cut(bool hasRoomForAnswers)
    {
        HttpRule rule = new() { Filters = [new CorsFilter { AllowOrigins = ["*"], AllowMethods = ["GET"] }] };
        const string Preflight = "OPTIONS / HTTP/1.1\r\nHost: a.example\r\nOrigin: http://b.example\r\n"
            + "Access-Control-Request-Method: GET\r\n\r\n";
        AnswersOnceThereIsRoom(rule, Preflight, "204", hasRoomForAnswers);
    }

    [Fact]
    public void A_request_head_in_pieces_that_find_no_room_ends_its_connection()
    {
        using ExchangeBench bench = new(new Timeouts(), Endpoint);
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        TcpConnection client = bench.Client(Request[..^2] + "X-Long: " + new string('x', 3_500));
        bench.Bench.Run(20);
        Hoard hoard = new(bench, hasRoomForAnswers: true);
        client.PeerWrite(Encoding.ASCII.GetBytes(new string('y', 3_500)));
        bench.Bench.RunUntil(() => client.IsRouterClosed);
        Assert.Equal("", TransportBench.Read(client));
        Assert.True(bench.Bench.Counters.Read(Counter.LimitBuffers) > 0);
        ServesAgain(bench, hoard, peers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_upload_whose_trailers_find_no_room_is_a_503_or_a_cut(bool hasRoomForAnswers)
    {
        using ExchangeBench bench = new(new Timeouts(), Endpoint);
        (TcpConnection client, List<TcpConnection> peers) = Ask(
            bench, "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
            "\r\n\r\n2\r\nab");
        Hoard hoard = HoldWithTrailers(bench, client, hasRoomForAnswers);
        MustEnd(bench, client, hasRoomForAnswers);
        bench.Bench.RunUntil(() => peers[0].IsRouterClosed);
        ServesAgain(bench, hoard, peers);
    }

    // Its head is with the client: there is nothing to say any more. A body that came until the close leaves
    // in chunks, of which the last needs a buffer as a trailer section in pieces does.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_response_whose_end_finds_no_room_is_cut(bool hasTrailers)
    {
        using ExchangeBench bench = new(new Timeouts(), Endpoint);
        (TcpConnection client, List<TcpConnection> peers) = Ask(bench, Request, "\r\n\r\n");
        peers[0].PeerWrite(Encoding.ASCII.GetBytes(hasTrailers
            ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"
            : "HTTP/1.1 200 OK\r\n\r\nok"));
        bench.ReadUntil(client, "\r\n\r\n2\r\nok");
        Hoard hoard = hasTrailers
            ? HoldWithTrailers(bench, peers[0], hasRoomForAnswers: true)
            : new Hoard(bench, hasRoomForAnswers: true);
        if (!hasTrailers) peers[0].PeerEnd();
        bench.Bench.RunUntil(() => client.IsRouterClosed && peers[0].IsRouterClosed);
        Assert.Equal("", TransportBench.Read(client));
        MustHaveBeenCounted(bench);
        ServesAgain(bench, hoard, peers);
    }

    // A client whose request the endpoint has got, as far as it has come.
    private static (TcpConnection Client, List<TcpConnection> Peers) Ask(
        ExchangeBench bench, string request, string end)
    {
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        TcpConnection client = bench.Client(request);
        bench.Bench.RunUntil(() => peers.Count == 1);
        bench.ReadUntil(peers[0], end);
        return (client, peers);
    }

    // What the router answers by itself.
    private static void AnswersOnceThereIsRoom(
        HttpRule rule, string request, string status, bool hasRoomForAnswers)
    {
        using ExchangeBench bench = new(new Timeouts(), SceneSnapshot.Of(rule, Endpoint));
        TcpConnection client = bench.Client("");
        Hoard hoard = new(bench, hasRoomForAnswers);
        client.PeerWrite(Encoding.ASCII.GetBytes(request));
        MustEnd(bench, client, hasRoomForAnswers);
        hoard.Release();
        TcpConnection next = bench.Client(request);
        Assert.StartsWith(
            $"HTTP/1.1 {status} ", bench.ReadUntil(next, "\r\n\r\n"), StringComparison.Ordinal);
    }

    private static void MustEnd(ExchangeBench bench, TcpConnection client, bool hasRoomForAnswers)
    {
        if (hasRoomForAnswers)
            Assert.StartsWith("HTTP/1.1 503 ", bench.ReadUntil(client, "\n"), StringComparison.Ordinal);
        else
            bench.Bench.RunUntil(() => client.IsRouterClosed);
        MustHaveBeenCounted(bench);
    }

    private static void MustHaveBeenCounted(ExchangeBench bench)
    {
        bench.Bench.RunUntil(() => bench.Exchanges.Count == 0);
        Assert.Equal(1, bench.Bench.Counters.ReadOutcome(Outcome.Overloaded));
        Assert.True(bench.Bench.Counters.Read(Counter.LimitBuffers) > 0);
    }

    private static void ServesAgain(ExchangeBench bench, Hoard hoard, List<TcpConnection> peers)
    {
        int connections = peers.Count;
        hoard.Release();
        TcpConnection client = bench.Client(Request);
        bench.Bench.RunUntil(() => peers.Count > connections);
        bench.ReadUntil(peers[^1], "\r\n\r\n");
        peers[^1].PeerWrite(Encoding.ASCII.GetBytes(Ok));
        Assert.EndsWith("\r\n\r\nok", bench.ReadUntil(client, "\r\n\r\nok"), StringComparison.Ordinal);
    }

    // A peer sends a trailer section in two pieces that are too large for a small buffer.
    private static Hoard HoldWithTrailers(ExchangeBench bench, TcpConnection peer, bool hasRoomForAnswers)
    {
        peer.PeerWrite(Encoding.ASCII.GetBytes("0\r\nX-Long: " + new string('x', 3_500)));
        bench.Bench.Run(20);
        Hoard hoard = new(bench, hasRoomForAnswers);
        peer.PeerWrite(Encoding.ASCII.GetBytes(new string('y', 3_500)));
        return hoard;
    }

    // Every buffer but those that are with the kernel, and what comes back from there.
    private sealed class Hoard
    {
        private readonly BufferPool _buffers;
        private readonly Stack<int> _held = [];
        private readonly bool _leavesAnswers;
        private bool _isReleased;

        public Hoard(ExchangeBench bench, bool hasRoomForAnswers)
        {
            _buffers = bench.Bench.Table.Buffers;
            _leavesAnswers = hasRoomForAnswers;
            Hold();
            bench.Bench.OnInput += (_, _) => Hold();
        }

        public void Release()
        {
            _isReleased = true;
            while (_held.TryPop(out int buffer)) _buffers.Release(buffer);
        }

        private void Hold()
        {
            if (_isReleased) return;
            while (_buffers.TryLease(out int buffer) || _buffers.TryLeaseSmall(out buffer))
                _held.Push(buffer);
            while (!_leavesAnswers && _buffers.TryLeaseForAnswer(out int buffer)) _held.Push(buffer);
        }
    }
}
