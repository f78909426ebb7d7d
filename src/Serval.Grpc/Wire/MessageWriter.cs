using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Serval.Grpc.Wire;

/// <summary>Puts length-prefixed messages on a pipe and waits for room after each.</summary>
internal static class MessageWriter
{
    public static async ValueTask WriteAsync(
        PipeWriter pipe, IMessage message, bool mayCompress, int bytesMax, CancellationToken cancel)
    {
        int size = message.CalculateSize();
        if (size > bytesMax)
        {
            throw new GrpcException(
                GrpcStatusCode.ResourceExhausted, $"message of {size} bytes exceeds the limit of {bytesMax}");
        }

        if (mayCompress && size >= Gzip.CompressBytesMin)
        {
            byte[] packed = Gzip.Compress(message.ToByteArray());
            WritePrefix(pipe, isCompressed: true, packed.Length);
            await pipe.WriteAsync(packed, cancel).ConfigureAwait(false);
            return;
        }

        WritePrefix(pipe, isCompressed: false, size);
        message.WriteTo(pipe);
        await pipe.FlushAsync(cancel).ConfigureAwait(false);
    }

    private static void WritePrefix(PipeWriter pipe, bool isCompressed, int size)
    {
        Span<byte> prefix = pipe.GetSpan(MessageReader.PrefixBytes);
        prefix[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], (uint)size);
        pipe.Advance(MessageReader.PrefixBytes);
    }
}
