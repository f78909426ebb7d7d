using static Serval.Integration.Tests.Wire.Row;

namespace Serval.Integration.Tests.Wire;

/// <summary>Responses: what goes on, and what is a 502.</summary>
internal static class ResponseRows
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private const string Head = "HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private const string Two = "Content-Length: 2\r\n\r\nok";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    public static readonly WireRow[] All =
    [
        Reply("RFC 9112 §5.1", "white space before a colon does not go on",
            $"{Ok}X-A : 1\r\nX-B\t: 2\r\n{Two}",
            $"{Ok}X-A: 1\r\nX-B: 2\r\n{Two}"),
        Reply("RFC 9112 §5.1", "a length with a space before its colon counts",
            $"{Ok}Content-Length : 2\r\n\r\nok", $"{Ok}{Two}"),
        Reply("RFC 9110 §2.5", "a higher minor version is read as 1.1", $"HTTP/1.7 200 OK\r\n{Two}",
            $"{Ok}{Two}"),
        Reply("RFC 9112 §4", "an absent reason gets its space", $"HTTP/1.1 200\r\n{Two}",
            $"HTTP/1.1 200 \r\n{Two}"),
        Reply("RFC 9112 §4", "an unknown status goes on", $"HTTP/1.1 299 Fine\r\n{Two}",
            $"HTTP/1.1 299 Fine\r\n{Two}"),
        Bad("RFC 9112 §4", "another protocol is refused", $"ICY 200 OK\r\n{Two}", "502 bad-status-line"),
        Bad("RFC 9112 §4", "two spaces before the status are refused", $"HTTP/1.1  200 OK\r\n{Two}",
            "502 bad-status-line"),
        Bad("RFC 9110 §15", "a status below 100 is refused", $"HTTP/1.1 099 X\r\n{Two}",
            "502 bad-status-line"),
        Bad("RFC 9110 §15", "a status of four digits is refused", $"HTTP/1.1 2000 X\r\n{Two}",
            "502 bad-status-line"),
        Bad("RFC 9112 §2.2", "a bare LF ends no status line", $"HTTP/1.1 200 OK\n{Two}",
            "502 bare-line-feed"),
        Bad("RFC 9112 §2.2", "a bare LF ends no header line", $"{Ok}A: b\n{Two}", "502 bare-line-feed"),
        Bad("RFC 9112 §2.2", "a bare CR in a value is refused", $"{Ok}A: b\rc\r\n{Two}",
            "502 bare-carriage-return"),
        Bad("RFC 9110 §5.5", "a NUL in a value is refused", $"{Ok}A: b\0c\r\n{Two}", "502 bad-header-value"),
        Bad("RFC 9112 §5.2", "a folded line is refused", $"{Ok}A: b\r\n c\r\n{Two}", "502 obsolete-fold"),
        Bad("RFC 9110 §5.1", "a name is a token", $"{Ok}A b: c\r\n{Two}", "502 bad-header-name"),
        Bad("RFC 9112 §6.3", "two lengths are refused",
            $"{Ok}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok",
            "502 content-length-duplicate"),
        Bad("RFC 9112 §6.3", "a list of lengths is refused", $"{Ok}Content-Length: 2, 2\r\n\r\nok",
            "502 content-length-invalid"),
        Bad("RFC 9112 §6.3", "a length beside chunks is refused",
            $"{Ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "502 length-and-transfer-encoding"),
        Bad("RFC 9112 §6.1", "another coding is refused", $"{Ok}Transfer-Encoding: gzip\r\n\r\nok",
            "502 transfer-coding-unknown"),
        Bad("RFC 9112 §6.1", "chunks of HTTP/1.0 are refused",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "502 transfer-encoding-in-http10"),
        Bad("RFC 9112 §7.1", "a bad first chunk is a 502", $"{Chunked}2  \r\nok\r\n0\r\n\r\n",
            "502 chunk-extension-invalid"),
        Bad("RFC 9112 §7.1", "a first chunk without a size is a 502", $"{Chunked}ok\r\n",
            "502 chunk-size-invalid"),
        Bad("RFC 9110 §15.2.2", "a switch that nobody asked for is refused",
            "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "502 unexpected-switch"),
        Bad("RFC 9112 §8", "a head that breaks off is a 502", "HTTP/1.1 200 OK\r\nContent-",
            "502 head-incomplete")
            with { IsReplyLast = true },
        Bad("RFC 9110 §5.4", "a head that is too large is refused",
            $"{Ok}A: {new string('x', 25_000)}\r\n{Two}",
            "502 head-too-large"),
        Bad("RFC 9110 §15.2", "too many interim responses are refused",
            $"{string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 17))}{Ok}{Two}",
            string.Concat(Enumerable.Repeat("102 | ", 16)) + "502 too-many-interims"),
        Reply("RFC 9112 §6.3", "a body until the close leaves in chunks", $"{Ok}\r\nok",
            $"{Chunked}ok") with { IsReplyLast = true },
        Reply("RFC 9112 §6.3", "a body of HTTP/1.0 leaves in chunks", "HTTP/1.0 200 OK\r\n\r\nok",
            $"{Chunked}ok") with { IsReplyLast = true },
        new("RFC 9112 §6.1", "a client of HTTP/1.0 gets no chunks", "GET / HTTP/1.0\r\nHost: a.test\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok", Get)
            { Reply = $"{Chunked}2\r\nok\r\n0\r\n\r\n", Stays = false },
        new("RFC 9110 §9.3.2", "the answer to HEAD tells a length and has no body", Head,
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                Head) { Reply = $"{Ok}Content-Length: 5\r\n\r\n" },
        Reply("RFC 9110 §15.3.5", "a 204 has no length",
            "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n"),
        Reply("RFC 9110 §15.4.5", "a 304 may tell a length",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
        Reply("RFC 9110 §15.2", "interim responses go on",
            $"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n{Ok}{Two}",
            $"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n | {Ok}{Two}"),
        new("RFC 9110 §15.2", "a client of HTTP/1.0 gets no interim responses",
            "GET / HTTP/1.0\r\nHost: a.test\r\n\r\n", "200 ok", Get)
            { Reply = $"HTTP/1.1 103 X\r\n\r\n{Ok}{Two}", Stays = false },
        Reply("RFC 9110 §7.6.1", "fields of the upstream's connection end here",
            $"{Ok}Connection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nX-End: 2\r\n{Two}",
            $"{Ok}X-End: 2\r\n{Two}"),
        Reply("RFC 9110 §6.6.2", "Trailer goes on", $"{Ok}Trailer: X-Sum\r\n{Two}",
            $"{Ok}Trailer: X-Sum\r\n{Two}"),
        Reply("RFC 9110 §5.1", "names with an underscore go on to the client", $"{Ok}x_y: z\r\n{Two}",
            $"{Ok}x_y: z\r\n{Two}"),
        Reply("RFC 9110 §5.3", "every Set-Cookie goes on",
            $"{Ok}Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n{Two}",
            $"{Ok}Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n{Two}"),
        Reply("CVE-2025-4366", "bytes behind a response answer nobody",
            $"{Ok}{Two}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", $"{Ok}{Two}"),
        Reply("CVE-2025-4366", "a body behind a 204 answers nobody",
            "HTTP/1.1 204 X\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 204 X\r\n\r\n"),
    ];

    private static WireRow Bad(string source, string name, string reply, string client) =>
        Reply(source, name, reply, client);
}
