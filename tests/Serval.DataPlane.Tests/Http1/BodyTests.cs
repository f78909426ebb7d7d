using System.Runtime.CompilerServices;
using System.Text;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

/// <summary>
/// Bodies in and out, without a connection: whatever is read is written so that it reads the same.
/// </summary>
public sealed class BodyTests
{
    private const int Headroom = 32;

    [Theory]
    [InlineData("hello world", BodyKind.Length, 11, "hello world")]
    [InlineData("hello world, and the next request", BodyKind.Length, 11, "hello world")]
    [InlineData("until the end", BodyKind.UntilClose, -1, "until the end")]
    [InlineData("5;x=y\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n", BodyKind.Chunked, -1, "hello world")]
    internal void Data_is_found_however_the_body_is_split(
        string body, BodyKind kind, long length, string data)
    {
        for (int split = 1; split < body.Length; split++)
        {
            BodyReader reader = BodyReader.For(kind, length);
            StringBuilder read = new();
            Feed(ref reader, Bytes(body[..split]), read);
            Feed(ref reader, Bytes(body[split..]), read);
            Assert.Equal(data, read.ToString());
            Assert.Equal(kind == BodyKind.Length, reader.IsDone);
            Assert.Equal(kind == BodyKind.Chunked, reader.AwaitsTrailers);
            reader.End();
            Assert.True(reader.IsDone);
        }
    }

    [Fact]
    public void A_message_without_a_body_is_done_at_once()
    {
        Assert.True(default(BodyReader).IsDone);
        Assert.True(BodyReader.For(BodyKind.Length, 0).IsDone);
        Assert.False(BodyReader.For(BodyKind.Length, 1).IsDone);
    }

    [Fact]
    public void A_broken_chunk_is_refused_with_its_rule()
    {
        BodyReader reader = BodyReader.For(BodyKind.Chunked, -1);
        Assert.Equal(BodyStep.Rejected, reader.Next("x\r\n"u8, out _));
        Assert.Equal(Rejection.ChunkSizeInvalid, reader.Rejection);
    }

    [Theory]
    [InlineData(BodyKind.Length)]
    [InlineData(BodyKind.Chunked)]
    internal void What_is_written_reads_as_what_was_sent(BodyKind kind)
    {
        bool isChunked = kind == BodyKind.Chunked;
        BodyWriter writer = new() { IsChunked = isChunked };
        StringBuilder wire = new();
        foreach (string part in new[] { "a", new string('b', 300), "c" })
        {
            byte[] buffer = new byte[Headroom + part.Length];
            Bytes(part).CopyTo(buffer, Headroom);
            int start = writer.Frame(buffer.AsSpan(0, Headroom), part.Length);
            wire.Append(Text(buffer.AsSpan(start)));
        }

        byte[] end = new byte[BodyWriter.EndBytesMax];
        wire.Append(Text(end.AsSpan(0, writer.WriteEnd(end, default))));
        Assert.EndsWith(isChunked ? "\r\n0\r\n\r\n" : "bc", wire.ToString(), StringComparison.Ordinal);
        BodyReader reader = BodyReader.For(kind, 302);
        StringBuilder read = new();
        Feed(ref reader, Bytes(wire.ToString()), read);
        Assert.Equal("a" + new string('b', 300) + "c", read.ToString());
    }

    [Theory]
    [InlineData(true, "0\r\nX-Sum: 1\r\n\r\n")]
    [InlineData(false, "")]
    public void Trailers_are_written_where_the_framing_has_a_place_for_them(bool isChunked, string expected)
    {
        TrailerSection section = new(HeaderLimits.Trailers);
        byte[] text = Bytes("X-Sum: 1\r\nContent-Length: 3\r\n\r\n");
        Assert.Equal(ParseStatus.Complete, section.Parse(text, isResponse: true));
        BodyWriter writer = new() { IsChunked = isChunked };
        byte[] end = new byte[BodyWriter.EndBytesMax];
        int written = writer.WriteEnd(end, new Trailers(text, section.Lines));
        Assert.Equal(expected, Text(end.AsSpan(0, written)));
    }

    [Fact]
    public void Readers_and_writers_fit_into_an_exchange()
    {
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<BodyReader>());
        Assert.True(Unsafe.SizeOf<BodyReader>() <= 48);
        Assert.Equal(2, Unsafe.SizeOf<BodyWriter>());
    }

    // As a worker does: what was consumed is dropped, up to the end of the body or of what has come.
    private static void Feed(ref BodyReader reader, byte[] input, StringBuilder read)
    {
        int at = 0;
        while (at < input.Length && !reader.IsDone && !reader.AwaitsTrailers)
        {
            Assert.NotEqual(BodyStep.Rejected, reader.Next(input.AsSpan(at), out BodyRun run));
            read.Append(Text(input.AsSpan(at + run.Start, run.Length)));
            at += run.Consumed;
        }
    }
}
