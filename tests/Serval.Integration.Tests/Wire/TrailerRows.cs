using static Serval.Integration.Tests.Wire.Row;

namespace Serval.Integration.Tests.Wire;

/// <summary>Trailers, both ways.</summary>
internal static class TrailerRows
{
    private const string Lines = "HTTP/1.1\r\nHost: a.test\r\n";
    private const string Chunked = "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n";

    public static readonly WireRow[] All =
    [
        Request("RFC 9110 §6.5", "a trailer goes on", "X-Sum: 1\r\n", "X-Sum: 1\r\n"),
        Request("RFC 9112 §5", "white space around the value of a trailer ends here", "X-Sum:\t1 \r\n",
            "X-Sum: 1\r\n"),
        Request("RFC 9110 §6.5.1", "a trailer that frames is dropped", "Content-Length: 5\r\nX: 1\r\n",
            "X: 1\r\n"),
        Request("RFC 9110 §6.5.1", "a trailer that routes is dropped", "Host: b.test\r\n", ""),
        Request("RFC 9110 §6.5.1", "a trailer that authenticates is dropped",
            "Authorization: x\r\nCookie: y\r\n", ""),
        Request("Forwarded header spoofing", "a trailer that says who asked is dropped",
            "X-Forwarded-For: 1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\n", ""),
        Request("Header underscore + case confusion", "a trailer with an underscore is dropped",
            "X_User: a\r\n", ""),
        Bad("a bare LF ends no trailer", "X: 1\n", "400 bare-line-feed"),
        Bad("white space before the colon of a trailer is refused", "X : 1\r\n", "400 space-before-colon"),
        Bad("a folded trailer is refused", "X: 1\r\n 2\r\n", "400 obsolete-fold"),
        Bad("a trailer that is no field is refused", "X\r\n", "400 bad-header-name"),
        Bad("too many trailers are refused", string.Concat(Enumerable.Repeat("A: b\r\n", 33)),
            "431 too-many-headers"),
        Passed("Trailer filter evasion", "a trailer that a filter sets, adds or removes is dropped",
            $"POST /filtered {Lines}{Chunked}x-user: admin\r\nX-Role: root\r\n"
            + "X-Secret: 1\r\nX-Sum: 1\r\n\r\n",
            $"POST /filtered {Lines}X-User: router\r\nX-Role: guest\r\n{Chunked}X-Sum: 1\r\n\r\n"),
        Passed("Trailer filter evasion", "a line that a filter removes is dropped",
            $"GET /filtered {Lines}X-Secret: 1\r\nx-user: admin\r\nX-Role: root\r\n\r\n",
            $"GET /filtered {Lines}X-Role: root\r\nX-User: router\r\nX-Role: guest\r\n\r\n"),
        Reply("RFC 9110 §6.5", "a trailer of a response goes on",
            $"HTTP/1.1 200 OK\r\n{Chunked}X-Sum: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nokX-Sum: 1\r\n"),
        Reply("RFC 9112 §5.1", "white space before the colon of a response's trailer ends here",
            $"HTTP/1.1 200 OK\r\n{Chunked}X-Sum : 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nokX-Sum: 1\r\n"),
        new("Trailer filter evasion", "a trailer of a response that a filter names is dropped",
            $"GET /filtered {Lines}\r\n",
            "HTTP/1.1 200 OK\r\nX-Sum: 0\r\nTransfer-Encoding: chunked\r\n\r\nokX-Ok: 1\r\n",
            $"GET /filtered {Lines}X-User: router\r\nX-Role: guest\r\n\r\n")
        { Reply = $"HTTP/1.1 200 OK\r\n{Chunked}Server: x\r\nx-sum: 1\r\nX-Ok: 1\r\n\r\n" },
    ];

    private static WireRow Request(string source, string name, string trailers, string upstream) => Passed(
        source, name, $"POST / {Lines}{Chunked}{trailers}\r\n", $"POST / {Lines}{Chunked}{upstream}\r\n");

    private static WireRow Bad(string name, string trailers, string client) => Refused(
        "RFC 9112 §7.1.2", name, $"POST / {Lines}{Chunked}{trailers}\r\n", client);
}
