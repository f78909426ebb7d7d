using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Serval.Grpc.Wire;

/// <summary>Takes length-prefixed messages off a pipe. The buffer grows with the bytes that have arrived,
/// never with the length that was announced. Owner: one call. Bound: <paramref name="bytesMax"/> per
/// message.</summary>
internal sealed class MessageReader(PipeReader pipe, int bytesMax, string encoding)
{
    public const int PrefixBytes = 5;
    private const int FirstBufferBytes = 16 * 1024;

    /// <summary>The next message, or null at the end of the stream.</summary>
    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancel)
        where T : class, IMessage<T>
    {
        byte[]? buffer = null;
        try
        {
            ReadResult result = await pipe.ReadAtLeastAsync(PrefixBytes, cancel).ConfigureAwait(false);
            if (result.Buffer.IsEmpty && result.IsCompleted)
                return null;
            if (result.Buffer.Length < PrefixBytes)
                throw new GrpcException(GrpcStatusCode.Internal, "the stream ended inside a message prefix");
            (bool isCompressed, int length) = ReadPrefix(result.Buffer);
            pipe.AdvanceTo(result.Buffer.GetPosition(PrefixBytes));

            buffer = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(length, 1), FirstBufferBytes));
            for (int filled = 0; filled < length;)
            {
                result = await pipe.ReadAsync(cancel).ConfigureAwait(false);
                int take = (int)Math.Min(result.Buffer.Length, length - filled);
                if (take == 0 && result.IsCompleted)
                    throw new GrpcException(GrpcStatusCode.Internal, "the stream ended inside a message");
                if (filled + take > buffer.Length)
                    buffer = Grow(buffer, filled, take, length);
                result.Buffer.Slice(0, take).CopyTo(buffer.AsSpan(filled));
                pipe.AdvanceTo(result.Buffer.GetPosition(take));
                filled += take;
            }

            return Parse(parser, new ArraySegment<byte>(buffer, 0, length), isCompressed);
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private (bool IsCompressed, int Length) ReadPrefix(ReadOnlySequence<byte> sequence)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        sequence.Slice(0, PrefixBytes).CopyTo(prefix);
        if (prefix[0] > 1)
            throw new GrpcException(GrpcStatusCode.Internal, $"message flag {prefix[0]} is not 0 or 1");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)bytesMax)
        {
            throw new GrpcException(
                GrpcStatusCode.ResourceExhausted,
                    $"message of {length} bytes exceeds the limit of {bytesMax}");
        }

        // Compressed flag without an encoding: gRPC over HTTP/2, "Compression".
        if (prefix[0] == 1 && !string.Equals(encoding, Gzip.Name, StringComparison.Ordinal))
            throw new GrpcException(GrpcStatusCode.Internal, "compressed message without grpc-encoding");
        return (prefix[0] == 1, (int)length);
    }

    private static byte[] Grow(byte[] buffer, int filled, int take, int length)
    {
        long wanted = Math.Min(length, Math.Max((long)filled + take, (long)buffer.Length * 2));
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)wanted);
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return larger;
    }

    private T Parse<T>(MessageParser<T> parser, ArraySegment<byte> bytes, bool isCompressed)
        where T : class, IMessage<T>
    {
        try
        {
            ArraySegment<byte> plain = isCompressed ? Gzip.Decompress(bytes, bytesMax) : bytes;
            return parser.ParseFrom(plain.AsSpan());
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, $"message cannot be parsed: {e.Message}");
        }
    }
}
