using static Serval.Integration.Tests.Wire.Row;

namespace Serval.Integration.Tests.Wire;

/// <summary>Chunks of requests and their extensions.</summary>
internal static class ChunkRows
{
    private const string Chunked = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string End = "\r\nhello\r\n0\r\n\r\n";

    public static readonly WireRow[] All =
    [
        Bad("RFC 9112 §7.1", "a size with a prefix is refused", $"0x5{End}", "400 chunk-size-invalid"),
        Bad("RFC 9112 §7.1", "a size with a sign is refused", $"+5{End}", "400 chunk-size-invalid"),
        Bad("RFC 9112 §7.1", "a negative size is refused", $"-5{End}", "400 chunk-size-invalid"),
        Bad("RFC 9112 §7.1", "a size with a separator is refused", $"0_5{End}", "400 chunk-size-invalid"),
        Bad("RFC 9112 §7.1", "white space before a size is refused", $" 5{End}", "400 chunk-size-invalid"),
        Bad("RFC 9112 §7.1", "an empty size is refused", End, "400 chunk-size-invalid"),
        Bad("RFC 9112 §7.1", "a size beyond 63 bits is refused", $"8000000000000005{End}",
            "400 chunk-size-overflow"),
        Bad("RFC 9112 §7.1", "a size that overflows is refused", $"10000000000000005{End}",
            "400 chunk-size-overflow"),
        Bad("RFC 9112 §7.1", "data that is longer than its size is refused", "5\r\nhello0\r\n0\r\n\r\n",
            "400 chunk-line-end"),
        Bad("RFC 9112 §7.1", "data that ends in a bare LF is refused", "5\r\nhello\n0\r\n\r\n",
            "400 chunk-line-end"),
        Bad("CVE-2025-55315", "a bare LF ends no chunk line", "5\nhello\r\n0\r\n\r\n", "400 chunk-line-end"),
        Bad("CVE-2025-55315", "a bare LF ends no extension", "5;a\nhello\r\n0\r\n\r\n", "400 chunk-line-end"),
        Bad("CVE-2025-55315", "a bare CR ends no extension", "5;a\rb\r\nhello\r\n0\r\n\r\n",
            "400 chunk-line-end"),
        Bad("CVE-2025-55315", "a quoted LF ends no extension", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n",
            "400 chunk-line-end"),
        Bad("RFC 9112 §7.1.1", "an extension has a name", $"5;{End}", "400 chunk-extension-invalid"),
        Bad("RFC 9112 §7.1.1", "the name of an extension is a token", $"5;bad[=x{End}",
            "400 chunk-extension-invalid"),
        Bad("RFC 9112 §7.1.1", "the value of an extension is not empty", $"5;a={End}",
            "400 chunk-extension-invalid"),
        Bad("RFC 9112 §7.1.1", "a quoted value has an end", $"5;a=\"b{End}", "400 chunk-extension-invalid"),
        Bad("RFC 9112 §7.1.1", "nothing follows a quoted value", $"5;a=\"b\"c{End}",
            "400 chunk-extension-invalid"),
        Bad("RFC 9112 §7.1.1", "white space ends no chunk line", $"5 {End}", "400 chunk-extension-invalid"),
        Bad("RFC 9112 §7.1.1", "too many bytes of extensions are refused",
            $"5;{new string('a', 5_000)}{End}",
            "400 chunk-extension-too-long"),
        Good("extensions end here", $"5;a;b=c{End}"),
        Good("white space around an extension is allowed", $"5 ; a = b{End}"),
        Good("a quoted value may hold what looks like an end", $"5;a=\"\\\";\\\\ 0\"{End}"),
        Good("zeros before a size end here", $"0005{End}"),
        Good("the last chunk may have more zeros", "5\r\nhello\r\n000\r\n\r\n"),
    ];

    private static WireRow Bad(string source, string name, string body, string client) =>
        Refused(source, name, Chunked + body, client);

    private static WireRow Good(string name, string body) =>
        Passed("RFC 9112 §7.1.1", name, Chunked + body, $"{Chunked}5{End}");
}
