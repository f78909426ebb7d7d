using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

public sealed class LocalResponseTests
{
    private const string Start = "\r\nDate: " + FilterBench.Date
        + "\r\nContent-Type: text/plain; charset=utf-8\r\n";

    [Theory]
    [InlineData(503, "no-endpoints", false, 1, true,
        "503 Service Unavailable", "Content-Length: 24\r\nX-Serval-Reason: no-endpoints\r\n", true)]
    [InlineData(
        404, "", false, 1, false, "404 Not Found", "Content-Length: 14\r\nConnection: close\r\n", true)]
    [InlineData(
        404, "", true, 0, true, "404 Not Found", "Content-Length: 14\r\nConnection: keep-alive\r\n", false)]
    [InlineData(405, "", true, 1, true, "405 Method Not Allowed",
        "Content-Length: 23\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n", false)]
    [InlineData(777, "", true, 1, true, "500 Internal Server Error", "Content-Length: 26\r\n", false)]
    public void An_answer_says_what_happened(
        int status, string reason, bool isHead, int minor, bool keepsAlive, string text, string lines,
        bool hasBody)
    {
        byte[] output = new byte[512];
        int Write(Span<byte> room)
        {
            Http1Encoder encoder = new(room, minor, keepsAlive);
            LocalResponse.Write(
                ref encoder, status, Bytes(reason), isHead, default, default, FilterBench.DateBytes);
            return encoder.Written;
        }

        int length = Write(output);
        string expected = $"HTTP/1.1 {text}{Start}{lines}\r\n{(hasBody ? text + "\n" : "")}";
        Assert.Equal(expected, Text(output.AsSpan(0, length)));
        for (int room = 0; room < length; room++) Assert.Equal(-1, Write(output.AsSpan(0, room)));
    }

    [Fact]
    public void Every_status_of_a_rejection_has_a_text()
    {
        foreach (Rejection reason in Enum.GetValues<Rejection>())
            Assert.StartsWith($"{reason.HttpStatus()} ", Text(StatusTexts.Of(reason.HttpStatus())),
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MethodKind.Get)]
    [InlineData(MethodKind.Head)]
    internal void An_answer_parses_as_a_response(MethodKind method)
    {
        byte[] output = new byte[512];
        Http1Encoder encoder = new(output);
        LocalResponse.Write(
            ref encoder, 502, "upstream-reset"u8, method == MethodKind.Head, default,
            new RequestId(1, 2), FilterBench.DateBytes);
        int length = encoder.Written;
        ResponseHead head = NewResponse();
        Assert.Equal(ParseStatus.Complete, head.Parse(output.AsSpan(0, length), method, false));
        Assert.Equal(method == MethodKind.Head ? 0 : head.ContentLength, length - head.Length);
    }
}
