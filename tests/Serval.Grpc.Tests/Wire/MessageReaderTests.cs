using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Serval.Grpc.Tests.Interop;
using Serval.Grpc.Wire;

namespace Serval.Grpc.Tests.Wire;

public sealed class MessageReaderTests
{
    private static readonly EchoRequest Message =
        new() { Payload = ByteString.CopyFromUtf8("eleven byte"), Count = 7 };

    [Fact]
    public async Task A_message_split_at_any_byte_is_read_whole()
    {
        byte[] frame = await FrameAsync(Message, compress: false);
        for (int split = 0; split <= frame.Length; split++)
        {
            var pipe = new Pipe();
            MessageReader reader = new(pipe.Reader, 1000, string.Empty);
            await pipe.Writer.WriteAsync(frame.AsMemory(0, split));
            ValueTask<EchoRequest?> reading = reader.ReadAsync(EchoRequest.Parser, CancellationToken.None);
            await pipe.Writer.WriteAsync(frame.AsMemory(split));
            Assert.Equal(Message, await reading);
            await pipe.Writer.CompleteAsync();
            Assert.Null(await reader.ReadAsync(EchoRequest.Parser, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_message_cut_at_any_byte_is_an_error()
    {
        byte[] frame = await FrameAsync(Message, compress: false);
        for (int cut = 1; cut < frame.Length; cut++)
        {
            MessageReader reader = Reader(frame[..cut], 1000, string.Empty);
            await Assert.ThrowsAsync<GrpcException>(
                () => reader.ReadAsync(EchoRequest.Parser, CancellationToken.None).AsTask());
        }
    }

    [Fact]
    public async Task One_byte_over_the_limit_is_refused_before_it_is_buffered()
    {
        byte[] frame = await FrameAsync(Message, compress: false);
        int size = frame.Length - MessageReader.PrefixBytes;
        Assert.Equal(Message,
            await Reader(frame, size, "").ReadAsync(EchoRequest.Parser, CancellationToken.None));
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(
            () => Reader(frame[..5], size - 1, string.Empty)
            .ReadAsync(EchoRequest.Parser, CancellationToken.None).AsTask());
        Assert.Equal(GrpcStatusCode.ResourceExhausted, e.Code);
    }

    [Theory]
    [InlineData(new byte[] { 0, 255, 255, 255, 255 }, GrpcStatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 2, 0, 0, 0, 0 }, GrpcStatusCode.Internal)]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, GrpcStatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 0xff }, GrpcStatusCode.InvalidArgument)]
    internal async Task Hostile_frames_are_refused(byte[] frame, GrpcStatusCode code)
    {
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(() => Reader(frame, 1000, string.Empty)
            .ReadAsync(EchoRequest.Parser, CancellationToken.None).AsTask());
        Assert.Equal(code, e.Code);
    }

    [Fact]
    public async Task A_compressed_message_may_not_swell_past_the_limit()
    {
        var zeros = new EchoRequest { Payload = ByteString.CopyFrom(new byte[1_000_000]) };
        byte[] frame = await FrameAsync(zeros, compress: true);
        Assert.InRange(frame.Length, 1, 10_000);
        Assert.Equal(zeros, await Reader(frame, 1_000_100, "gzip").ReadAsync(EchoRequest.Parser, default));
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(() => Reader(frame, 100_000, "gzip")
            .ReadAsync(EchoRequest.Parser, CancellationToken.None).AsTask());
        Assert.Equal(GrpcStatusCode.ResourceExhausted, e.Code);
    }

    private static MessageReader Reader(byte[] bytes, int bytesMax, string encoding) =>
        new(PipeReader.Create(new ReadOnlySequence<byte>(bytes)), bytesMax, encoding);

    private static async Task<byte[]> FrameAsync(EchoRequest message, bool compress)
    {
        using var stream = new MemoryStream();
        await MessageWriter.WriteAsync(PipeWriter.Create(stream), message, compress, int.MaxValue, default);
        return stream.ToArray();
    }
}
