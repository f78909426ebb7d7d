using System.Text;

namespace Serval.Bench.Micro;

/// <summary>Heads as they arrive from clients and from services.</summary>
internal static class Heads
{
    public static readonly byte[] SmallGet = Bytes(
        "GET /items/42?full=1 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: probe/1\r\n"
        + "Accept: */*\r\n\r\n");

    public static readonly byte[] ChunkedPost = Bytes(
        "POST /items HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: probe/1\r\nAccept: application/json\r\n"
        + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");

    /// <summary>Twenty header lines, as a browser sends them to a shop.</summary>
    public static readonly byte[] BrowserGet = Bytes(
        "GET /items/42?full=1&ref=start HTTP/1.1\r\nHost: shop.example\r\nConnection: keep-alive\r\n"
        + "Cache-Control: max-age=0\r\nsec-ch-ua: \"Browser\";v=\"140\", \"Not)A;Brand\";v=\"99\"\r\n"
        + "sec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\nDNT: 1\r\n"
        + "Upgrade-Insecure-Requests: 1\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/140.0.0.0 Safari/537.36\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\r\n"
        + "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\n"
        + "Sec-Fetch-Dest: document\r\nReferer: http://shop.example/start\r\n"
        + "Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9,cs;q=0.8\r\n"
        + "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; cart=3\r\n"
        + "If-None-Match: \"5f3c-1a2b\"\r\nPriority: u=0, i\r\n\r\n");

    /// <summary>Five header lines.</summary>
    public static readonly byte[] ShortResponse = Bytes(
        "HTTP/1.1 200 OK\r\nServer: service\r\nDate: Tue, 01 Sep 2026 10:00:00 GMT\r\n"
        + "Content-Type: application/json\r\nContent-Length: 128\r\nETag: \"5f3c-1a2b\"\r\n\r\n");

    /// <summary>Twenty header lines.</summary>
    public static readonly byte[] LongResponse = Bytes(
        "HTTP/1.1 200 OK\r\nServer: service\r\nDate: Tue, 01 Sep 2026 10:00:00 GMT\r\n"
        + "Content-Type: text/html; charset=utf-8\r\nContent-Length: 16384\r\nETag: \"5f3c-1a2b\"\r\n"
        + "Last-Modified: Mon, 31 Aug 2026 09:00:00 GMT\r\nCache-Control: private, max-age=60\r\n"
        + "Vary: Accept-Encoding, Cookie\r\nContent-Language: en-GB\r\nAccept-Ranges: bytes\r\n"
        + "Set-Cookie: session=0123456789abcdef0123456789abcdef; Path=/; HttpOnly; SameSite=Lax\r\n"
        + "Set-Cookie: cart=3; Path=/\r\nStrict-Transport-Security: max-age=31536000\r\n"
        + "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: same-origin\r\n"
        + "Content-Security-Policy: default-src 'self'; img-src 'self' static.example\r\n"
        + "Permissions-Policy: geolocation=()\r\nServer-Timing: app;dur=3.1\r\nAge: 0\r\n\r\n");

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
