using static Serval.Integration.Tests.Wire.Row;

namespace Serval.Integration.Tests.Wire;

/// <summary>How long a request's body is.</summary>
internal static class FramingRows
{
    private const string Post = "POST / HTTP/1.1\r\nHost: a.test\r\n";
    private const string Chunked = $"{Post}Transfer-Encoding: chunked\r\n\r\n";

    public static readonly WireRow[] All =
    [
        Length("a length with a sign is refused", "+5"), Length("a negative length is refused", "-5"),
        Length("a hexadecimal length is refused", "0x5"), Length("a length with a separator is refused",
            "1_0"),
        Length("two numbers are no length", "5 5"), Length("a list of equal lengths is refused", "5, 5"),
        Length("a list of lengths is refused", "5,6"), Length("a fraction is no length", "5.0"),
        Length("an empty length is refused", ""), Length("a length beyond 63 bits is refused",
            "9223372036854775808"),
        Length("a length that overflows to 5 is refused", "18446744073709551621"),
        Length("a superscript digit is no digit", "\u00b2"),
        BadFraming("RFC 9112 §6.3", "two lengths are refused", "Content-Length: 5\r\nContent-Length: 6",
            "400 content-length-duplicate"),
        BadFraming("RFC 9112 §6.3", "two equal lengths are refused",
            "Content-Length: 5\r\ncontent-length: 5",
            "400 content-length-duplicate"),
        BadFraming("RFC 9112 §6.1", "a length beside chunks is refused",
            "Content-Length: 5\r\nTransfer-Encoding: chunked", "400 length-and-transfer-encoding"),
        BadFraming("RFC 9112 §6.1", "chunks beside a length are refused",
            "Transfer-Encoding: chunked\r\nContent-Length: 0", "400 length-and-transfer-encoding"),
        Coding("chunked twice is refused", "chunked, chunked", "400 transfer-encoding-invalid"),
        Coding("a coding behind chunked is refused", "chunked, identity", "400 transfer-encoding-invalid"),
        Coding("a coding before chunked is refused", "gzip, chunked", "400 transfer-encoding-invalid"),
        Coding("a name that resembles chunked is refused", "xchunked", "400 transfer-encoding-invalid"),
        Coding("a parameter of chunked is refused", "chunked;q=1", "400 transfer-encoding-invalid"),
        Coding("a quoted chunked is refused", "\"chunked\"", "400 transfer-encoding-invalid"),
        Coding("a control byte before chunked is refused", "\x0b" + "chunked", "400 bad-header-value"),
        Coding("an empty coding is refused", "", "400 transfer-encoding-invalid"),
        Coding("a comma before chunked is refused", ",chunked", "400 transfer-encoding-invalid"),
        Coding("another coding is not known", "gzip", "501 transfer-coding-unknown"),
        Coding("identity is not known", "identity", "501 transfer-coding-unknown"),
        BadFraming("CL + TE", "two lines of chunked are refused",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "400 transfer-encoding-duplicate"),
        BadFraming("CL + TE", "a second coding is refused",
            "Transfer-Encoding: chunked\r\nTransfer-encoding: x",
            "400 transfer-encoding-duplicate"),
        BadFraming("CL + TE", "a space before the colon hides no coding",
            "Content-Length: 5\r\nTransfer-Encoding : chunked", "400 space-before-colon"),
        BadFraming("CL + TE", "a folded coding is refused", "Transfer-Encoding:\r\n chunked",
            "400 transfer-encoding-invalid") with { Client = "400 obsolete-fold" },
        Refused("CVE-2026-2835", "chunks in HTTP/1.0 are refused",
            "POST / HTTP/1.0\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "400 transfer-encoding-in-http10"),
        new("CVE-2026-2835", "a request is never delimited by the end of its connection",
            "POST / HTTP/1.0\r\nHost: a.test\r\n\r\nGET /evil HTTP/1.1\r\nHost: a.test\r\n\r\n", "200 ok",
            "POST / HTTP/1.1\r\nHost: a.test\r\n\r\n") { Stays = false },
        Passed("RFC 9112 §6.2", "a body with a length goes on", $"{Post}Content-Length: 5\r\n\r\nhello",
            $"{Post}Content-Length: 5\r\n\r\nhello"),
        Passed("RFC 9112 §6.2", "leading zeros of a length do not go on",
            $"{Post}Content-Length: 005\r\n\r\nhello", $"{Post}Content-Length: 5\r\n\r\nhello"),
        Passed("RFC 9112 §6.3", "a length of zero goes on", $"{Post}Content-Length: 0\r\n\r\n",
            $"{Post}Content-Length: 0\r\n\r\n"),
        Passed("RFC 9112 §6.3", "a request without framing has no body", $"{Post}\r\n", $"{Post}\r\n"),
        Passed("RFC 9110 §9.3.1", "a GET may have a body",
            "GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nab",
            "GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nab"),
        Passed("RFC 9112 §7.1", "chunks go on as chunks", $"{Chunked}5\r\nhello\r\n0\r\n\r\n",
            $"{Chunked}5\r\nhello\r\n0\r\n\r\n"),
        Passed("RFC 9112 §7", "the name of a coding has no case",
            $"{Post}Transfer-Encoding: ChunKed\r\n\r\n0\r\n\r\n", $"{Chunked}0\r\n\r\n"),
        new("RFC 9112 §9.3.2", "a request behind a body is not taken for the body",
            $"{Post}Content-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n", "200 ok | 200 ok",
            $"{Post}Content-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        new("RFC 9112 §9.3.2", "a request behind chunks is not taken for a chunk",
            $"{Chunked}0\r\n\r\nGET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n", "200 ok | 200 ok",
            $"{Chunked}0\r\n\r\nGET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    ];

    private static WireRow Length(string name, string value) => BadFraming(
        "RFC 9110 §8.6", name, $"Content-Length: {value}", "400 content-length-invalid");

    private static WireRow Coding(string name, string value, string client) =>
        BadFraming("RFC 9112 §6.1", name, $"Transfer-Encoding: {value}", client);
}
