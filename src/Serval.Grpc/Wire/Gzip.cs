using System.IO.Compression;

namespace Serval.Grpc.Wire;

/// <summary>The gzip message encoding, bounded on the way in: a small message may not swell past the
/// limit.</summary>
internal static class Gzip
{
    public const string Name = "gzip";

    /// <summary>Messages below this size are not worth compressing.</summary>
    public const int CompressBytesMin = 1024;

    public static byte[] Compress(byte[] message)
    {
        using var target = new MemoryStream(message.Length / 4);
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(message);
        return target.ToArray();
    }

    /// <exception cref="GrpcException">Not gzip, or more than <paramref name="bytesMax"/> when
    /// unpacked.</exception>
    public static ArraySegment<byte> Decompress(ArraySegment<byte> packed, int bytesMax)
    {
        using var source = new MemoryStream(packed.Array!, packed.Offset, packed.Count, writable: false);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        using var target = new MemoryStream();
        var chunk = new byte[8192];
        try
        {
            for (int count; (count = gzip.Read(chunk)) > 0;)
            {
                if (target.Length + count > bytesMax)
                {
                    throw new GrpcException(
                        GrpcStatusCode.ResourceExhausted,
                            $"message exceeds {bytesMax} bytes when decompressed");
                }

                target.Write(chunk, 0, count);
            }
        }
        catch (InvalidDataException)
        {
            throw new GrpcException(GrpcStatusCode.Internal, "message is not valid gzip");
        }

        return new ArraySegment<byte>(target.GetBuffer(), 0, (int)target.Length);
    }
}
