using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

public sealed class TrailerSectionTests
{
    [Theory]
    [InlineData("\r\n", "\r\n")]
    [InlineData("grpc-status: 0\r\nGrpc-Message:x\r\n\r\n", "grpc-status: 0\r\nGrpc-Message: x\r\n\r\n")]
    [InlineData("A: 1\r\nContent-Length: 5\r\nB: 2\r\nHost: b\r\n\r\n", "A: 1\r\nB: 2\r\n\r\n")]
    [InlineData("a_b: 1\r\nContent-Digest: x\r\n\r\n", "Content-Digest: x\r\n\r\n")]
    public void What_may_trail_goes_on(string text, string expected)
    {
        byte[] input = Bytes(text + "GET /next");
        TrailerSection section = new(HeaderLimits.Trailers);
        int scanned = 0;
        for (int length = 0; length < text.Length; length++)
            Assert.Equal(ParseStatus.Incomplete, section.Parse(input.AsSpan(0, length), false, ref scanned));
        Assert.Equal(ParseStatus.Complete, section.Parse(input, false, ref scanned));
        Assert.Equal(text.Length, section.Length);

        byte[] output = new byte[expected.Length];
        Assert.Equal(expected.Length, Write(section, input, output));
        Assert.Equal(expected, Text(output));
    }

    [Theory]
    [InlineData("Transfer-Encoding")]
    [InlineData("Content-Length")]
    [InlineData("HOST")]
    [InlineData("Connection")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Upgrade")]
    [InlineData("Expect")]
    [InlineData("Date")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Request-Id")]
    [InlineData("Authorization")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Cookie")]
    [InlineData("set-cookie")]
    [InlineData("Content-Type")]
    [InlineData("Content-Encoding")]
    [InlineData("Content-Range")]
    [InlineData("If-None-Match")]
    [InlineData("Cache-Control")]
    [InlineData("Access-Control-Allow-Origin")]
    [InlineData("Location")]
    public void What_comes_too_late_is_dropped(string name)
    {
        TrailerSection section = new(HeaderLimits.Trailers);
        Assert.Equal(ParseStatus.Complete, section.Parse(Bytes(name + ": x\r\n\r\n"), false));
        Assert.True(section.Fields[0].IsDropped);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void An_underscore_in_a_trailers_name_is_dropped_only_on_the_way_upstream(
        bool isResponse, bool isDropped)
    {
        TrailerSection section = new(HeaderLimits.Trailers);
        Assert.Equal(ParseStatus.Complete, section.Parse(Bytes("x_sum: 1\r\n\r\n"), isResponse));
        Assert.Equal(isDropped, section.Fields[0].IsDropped);
    }

    [Theory]
    [InlineData("A: b\n\n", Rejection.BareLineFeed)]
    [InlineData("A: b\r\n c\r\n\r\n", Rejection.ObsoleteFold)]
    [InlineData("\n", Rejection.BareLineFeed)]
    [InlineData("\rx", Rejection.BareCarriageReturn)]
    internal void A_section_with_two_readings_is_refused(string text, Rejection reason)
    {
        TrailerSection section = new(HeaderLimits.Trailers);
        Assert.Equal(ParseStatus.Rejected, section.Parse(Bytes(text), false));
        Assert.Equal(reason, section.Rejection);
    }

    [Fact]
    public void A_section_is_as_large_as_its_limits_and_not_larger()
    {
        int bytes = HeaderLimits.Trailers.BytesMax;
        string fitting = "A: " + new string('x', bytes - 7) + "\r\n\r\n";
        TrailerSection section = new(HeaderLimits.Trailers);
        Assert.Equal(ParseStatus.Complete, section.Parse(Bytes(fitting), false));
        Assert.Equal(ParseStatus.Rejected, section.Parse(Bytes("A" + fitting), false));
        Assert.Equal(Rejection.HeadTooLarge, section.Rejection);

        string lines = string.Concat(Enumerable.Repeat("A: b\r\n", HeaderLimits.Trailers.CountMax));
        Assert.Equal(ParseStatus.Complete, section.Parse(Bytes(lines + "\r\n"), false));
        Assert.Equal(ParseStatus.Rejected, section.Parse(Bytes(lines + "A: b\r\n\r\n"), false));
        Assert.Equal(Rejection.TooManyHeaders, section.Rejection);
        // Each line may grow by the space behind its colon.
        const int longestLast = 5;
        int longest = longestLast + bytes + HeaderLimits.Trailers.CountMax;
        Assert.True(longest <= BodyWriter.EndBytesMax);
    }

    private static int Write(TrailerSection section, byte[] input, Span<byte> output)
    {
        const string last = "0\r\n";
        BodyWriter writer = new() { IsChunked = true };
        byte[] end = new byte[BodyWriter.EndBytesMax];
        int length = writer.WriteEnd(end, new Trailers(input, section.Lines));
        Assert.StartsWith(last, Text(end), StringComparison.Ordinal);
        end.AsSpan(last.Length, length - last.Length).CopyTo(output);
        return length - last.Length;
    }
}
