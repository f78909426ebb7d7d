using static Serval.Integration.Tests.Wire.Row;

namespace Serval.Integration.Tests.Wire;

/// <summary>Connections: how long they live, pipelining, upgrades, expectations.</summary>
internal static class ConnectionRows
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a.test\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";
    private const string Put = "PUT /../x HTTP/1.1\r\nHost: a.test\r\n";
    private const string Closing =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 16\r\n"
        + "X-Serval-Reason: path-above-root\r\nConnection: close\r\n\r\n400 Bad Request\n";
    private const string Tcp = "Connection: Upgrade\r\nUpgrade: tcp\r\n";
    private const string PostTcp = $"POST / HTTP/1.1\r\nHost: a.test\r\n{Tcp}Content-Length: 7\r\n\r\n";
    private const string PostSeen = $"POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 7\r\n{Tcp}\r\n";
    private const string Switching = $"HTTP/1.1 101 Switching Protocols\r\n{Tcp}\r\n";
    private const string WebSocket = "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    public static readonly WireRow[] All =
    [
        Passed("RFC 9112 §9.3", "a connection of HTTP/1.1 is kept", $"{Get}\r\n", $"{Get}\r\n"),
        new("RFC 9112 §9.6", "a client that says close is closed", $"{Get}Connection: close\r\n\r\n",
            $"{Ok}Connection: close\r\n\r\nok", $"{Get}\r\n") { Stays = false },
        new("RFC 9112 §9.6", "nothing behind a close is read",
            $"{Get}Connection: close\r\n\r\nGET /evil HTTP/1.1\r\nHost: a.test\r\n\r\n",
            $"{Ok}Connection: close\r\n\r\nok", $"{Get}\r\n") { Stays = false },
        new("RFC 9112 §9.3", "a connection of HTTP/1.0 is closed", "GET / HTTP/1.0\r\nHost: a.test\r\n\r\n",
            $"{Ok}Connection: close\r\n\r\nok", $"{Get}\r\n") { Stays = false },
        new("RFC 9112 §9.3", "a connection of HTTP/1.0 is kept when asked to",
            "GET / HTTP/1.0\r\nHost: a.test\r\nConnection: Keep-Alive\r\n\r\n",
            $"{Ok}Connection: keep-alive\r\n\r\nok", $"{Get}\r\n"),
        Passed("RFC 9112 §9.3", "HTTP/1.0 may come without a Host",
            "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: \r\n\r\n") with { Stays = false },
        new("RFC 9112 §9.3.2", "pipelined requests are answered one by one",
            $"{Get}\r\n{Get}\r\n{Get}\r\n", "200 ok | 200 ok | 200 ok", $"{Get}\r\n{Get}\r\n{Get}\r\n"),
        new("RFC 9112 §9.3.2", "a refused request ends the pipeline behind a good one",
            $"{Get}\r\nGET / HTTP/1.1\r\n\r\n{Get}\r\n", "200 ok | 400 host-missing",
                $"{Get}\r\n") { Stays = false },
        new("CVE-2026-2833", "bytes behind a request for an upgrade are the next request",
            $"{Get}{WebSocket}GET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n", "200 ok | 200 ok",
            $"{Get}{WebSocket}GET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        new("RFC 9110 §7.8", "an upgrade with a body is relayed behind the body", $"{PostTcp}{{\"a\":1}}",
            Switching, $"{PostSeen}{{\"a\":1}}") { Reply = Switching, IsReplyLast = true, Stays = false },
        new("CVE-2026-2833", "bytes behind the body of a request for an upgrade are the next request",
            $"{PostTcp}{{\"a\":1}}{Get}\r\n", "200 ok | 200 ok", $"{PostSeen}{{\"a\":1}}{Get}\r\n"),
        new("RFC 9110 §7.8", "an upgrade of HTTP/1.0 is stripped",
            $"GET / HTTP/1.0\r\nHost: a.test\r\n{WebSocket}", "200 ok", $"{Get}\r\n") { Stays = false },
        new("RFC 9110 §10.1.1", "an interim 100 comes before the answer",
            "POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
            "100 | 200 ok",
            "POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab")
            { Reply = $"HTTP/1.1 100 Continue\r\n\r\n{Ok}\r\nok" },
        new("RFC 9112 §9.6", "an answer that does not wait for a large body announces the close",
            $"{Put}Content-Length: 5000000\r\n\r\nhello", Closing, Upstream: null) { Stays = false },
        new("RFC 9112 §9.6", "an answer that does not wait for chunks announces the close",
            $"{Put}Transfer-Encoding: chunked\r\n\r\n5\r\nhe", Closing, Upstream: null) { Stays = false },
        new("RFC 9110 §10.1.1", "an answer to a body that may not come announces the close",
            $"{Put}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n", Closing, Upstream: null)
            { Stays = false },
        new("RFC 9112 §9.3", "a small body behind an early answer is dropped to the byte",
            $"{Put}Content-Length: 39\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil.test\r\n\r\n{Get}\r\n",
            "400 path-above-root | 200 ok", $"{Get}\r\n"),
        new("RFC 9110 §7.6.1", "an upstream that says close does not close the client", $"{Get}\r\n",
            $"{Ok}\r\nok", $"{Get}\r\n") { Reply = $"{Ok}Connection: close\r\n\r\nok", IsReplyLast = true },
        new("RFC 9112 §9.5", "an upstream that closes unasked between requests costs none", $"{Get}\r\n",
            $"{Ok}\r\nok", $"{Get}\r\n") { IsReplyLast = true },
    ];
}
