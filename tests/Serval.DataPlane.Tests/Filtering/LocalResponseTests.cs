using Serval.DataPlane.Filtering;
using Serval.DataPlane.Parsing;
using static Serval.DataPlane.Tests.Parsing.HeadText;

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
        int length = LocalResponse.Write(
            output, status, Bytes(reason), isHead, FilterBench.Downstream(minor, keepsAlive));
        string expected = $"HTTP/1.1 {text}{Start}{lines}\r\n{(hasBody ? text + "\n" : "")}";
        Assert.Equal(expected, Text(output.AsSpan(0, length)));
        for (int room = 0; room < length; room++)
        {
            Assert.Equal(-1, LocalResponse.Write(
                output.AsSpan(0, room), status, Bytes(reason), isHead,
                FilterBench.Downstream(minor, keepsAlive)));
        }
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
        int length = LocalResponse.Write(
            output, 502, "upstream-reset"u8, method == MethodKind.Head, FilterBench.Downstream());
        ResponseHead head = NewResponse();
        Assert.Equal(ParseStatus.Complete, head.Parse(output.AsSpan(0, length), method, false));
        Assert.Equal(method == MethodKind.Head ? 0 : head.ContentLength, length - head.Length);
    }
}
