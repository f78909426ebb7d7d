using Serval.Config.Model;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

public sealed class ResponseHeadWriterTests
{
    private const string Dated = "Date: " + FilterBench.Date + "\r\n";

    [Fact]
    public void A_response_goes_on_with_its_end_to_end_headers()
    {
        using FilterBench bench = new();
        Assert.Equal(
            "HTTP/1.1 200 Very OK\r\nServer: x\r\nDate: then\r\nx_y: 1\r\nContent-Length: 5\r\n\r\n",
            bench.Response(
                "HTTP/1.0 200 Very OK\r\nServer: x\r\nConnection: keep-alive, X-Gone\r\nKeep-Alive: 5\r\n"
                + "X-Gone: 1\r\n"
                + "Date: then\r\nContent-Length: 5\r\nx_y: 1\r\nUpgrade: h2\r\n\r\n"));
    }

    [Theory]
    [InlineData("200", "Content-Length: 5", 1, true, "Content-Length: 5\r\n")]
    [InlineData("200", "Content-Length: 5", 1, false, "Content-Length: 5\r\nConnection: close\r\n")]
    [InlineData("200", "Content-Length: 5", 0, true, "Content-Length: 5\r\nConnection: keep-alive\r\n")]
    [InlineData("200", "Content-Length: 5", 0, false, "Content-Length: 5\r\nConnection: close\r\n")]
    [InlineData("200", "Transfer-Encoding: chunked", 1, true, "Transfer-Encoding: chunked\r\n")]
    [InlineData("200", "Transfer-Encoding: chunked", 0, true, "Connection: close\r\n")]
    [InlineData("200", "X: y", 1, true, "X: y\r\n|Transfer-Encoding: chunked\r\n")]
    [InlineData("200", "X: y", 0, true, "X: y\r\n|Connection: close\r\n")]
    [InlineData("204", "Content-Length: 5", 1, true, "")]
    [InlineData("204", "Transfer-Encoding: chunked", 1, true, "")]
    [InlineData("304", "Content-Length: 5", 1, true, "Content-Length: 5\r\n")]
    [InlineData("304", "Transfer-Encoding: chunked", 1, true, "")]
    public void Framing_and_persistence_fit_the_downstream(
        string status, string header, int minor, bool keepsAlive, string expected)
    {
        using FilterBench bench = new();
        string[] parts = expected.Split('|');
        string copied = parts.Length == 2 ? parts[0] : "";
        Assert.Equal(
            $"HTTP/1.1 {status} \r\n{copied}{Dated}{parts[^1]}\r\n",
            bench.Response($"HTTP/1.1 {status}\r\n{header}\r\n\r\n", minor, keepsAlive));
    }

    [Fact]
    public void A_response_to_head_tells_the_length_of_the_body_left_out()
    {
        using FilterBench bench = new();
        Assert.Equal(
            $"HTTP/1.1 200 OK\r\n{Dated}Content-Length: 5\r\n\r\n",
            bench.Response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method: MethodKind.Head));
        Assert.Equal(
            $"HTTP/1.1 200 OK\r\n{Dated}\r\n",
            bench.Response("HTTP/1.1 200 OK\r\n\r\n", method: MethodKind.Head));
    }

    [Fact]
    public void A_switch_names_its_protocol()
    {
        using FilterBench bench = new();
        Assert.Equal(
            $"HTTP/1.1 101 Go\r\nSec-WebSocket-Accept: x\r\n{Dated}Connection: Upgrade\r\n"
                + $"Upgrade: websocket\r\n\r\n",
            bench.Response(
                "HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\nConnection: Upgrade\r\n"
                    + "\r\n"));
    }

    // RFC 9110 §15.5.22: a 426 without Upgrade does not say what the client should ask for.
    [Theory]
    [InlineData("Connection: Upgrade", 1, true, "Upgrade: websocket\r\nConnection: Upgrade\r\n")]
    [InlineData(
        "Connection: close, upgrade", 1, false, "Upgrade: websocket\r\nConnection: Upgrade, close\r\n")]
    [InlineData("Connection: Upgrade", 0, true, "Connection: keep-alive\r\n")]
    [InlineData("Connection: X-A", 1, true, "")]
    public void A_demand_for_an_upgrade_names_its_protocol(
        string connection, int minor, bool keepsAlive, string expected)
    {
        using FilterBench bench = new();
        Assert.Equal(
            $"HTTP/1.1 426 Upgrade Required\r\n{Dated}Content-Length: 0\r\n{expected}\r\n",
            bench.Response(
                $"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n{connection}\r\n"
                + "Content-Length: 0\r\n\r\n", minor, keepsAlive));
    }

    [Fact]
    public void Other_responses_offer_no_upgrade()
    {
        using FilterBench bench = new();
        Assert.Equal(
            $"HTTP/1.1 200 OK\r\n{Dated}Content-Length: 0\r\n\r\n",
            bench.Response(
                "HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n"));
    }

    [Fact]
    public void An_interim_response_goes_on_without_filters_or_framing()
    {
        HeaderEdits edits = new() { Remove = ["Link"], Set = [new HeaderValue("X-Set", "1")] };
        using FilterBench bench = new("/", [new ResponseHeaderFilter(edits)]);
        byte[] input =
            Bytes("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: close\r\nContent-Length: 1\r\n\r\n");
        const string expected = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        Assert.Equal(ParseStatus.Complete, bench.Reply.Parse(input, MethodKind.Get, false));
        byte[] output = new byte[expected.Length];
        Http1Encoder encoder = new(output);
        ResponseHeadWriter.WriteInterim(ref encoder, input, bench.Reply);
        Assert.Equal(output.Length, encoder.Written);
        Assert.Equal(expected, Text(output));
        Http1Encoder tooSmall = new(output.AsSpan(1));
        ResponseHeadWriter.WriteInterim(ref tooSmall, input, bench.Reply);
        Assert.Equal(-1, tooSmall.Written);
    }

    [Fact]
    public void Edits_apply_to_what_the_downstream_sees()
    {
        HeaderEdits rule = new() { Remove = ["server"], Set = [new HeaderValue("Date", "never")] };
        HeaderEdits backend =
            new() { Add = [new HeaderValue("X-Add", "1"), new HeaderValue("Content-Length", "9")] };
        using FilterBench bench =
            new("/", [new ResponseHeaderFilter(rule)], [new ResponseHeaderFilter(backend)]);
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nX: y\r\nDate: never\r\nX-Add: 1\r\nContent-Length: 0\r\n\r\n",
            bench.Response("HTTP/1.1 200 OK\r\nServer: x\r\nX: y\r\nContent-Length: 0\r\n\r\n"));
    }

    [Fact]
    public void An_output_one_byte_too_small_is_reported()
    {
        using FilterBench bench = new();
        byte[] input = Bytes("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\n");
        string written = bench.Response(Text(input));
        for (int room = 0; room < written.Length; room++)
            Assert.Equal(-1, bench.Response(input, new byte[room]));
        Assert.Equal(written.Length, bench.Response(input, new byte[written.Length]));
    }
}
