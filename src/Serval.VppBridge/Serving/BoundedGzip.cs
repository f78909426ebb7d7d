using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Serval.VppBridge.Serving;

/// <summary>
/// The gzip message encoding. The library's own provider inflates a message to any size, and 4 MiB of packed
/// zeros are 4 GiB; this one stops at the bound of messages.
/// </summary>
/// <param name="bytesMax">The largest message, in bytes, once it is unpacked.</param>
internal sealed class BoundedGzip(int bytesMax) : ICompressionProvider
{
    /// <inheritdoc/>
    public string EncodingName => "gzip";

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        new GZipStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream stream) =>
        new BoundedStream(new GZipStream(stream, CompressionMode.Decompress), bytesMax);

    /// <summary>Reads from another stream, and ends the call when that has more than its bound.</summary>
    private sealed class BoundedStream(Stream inner, int bytesMax) : Stream
    {
        private long _count;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _count;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int count;
            try
            {
                count = inner.Read(buffer);
            }
            catch (InvalidDataException)
            {
                throw GrpcFault.Of(StatusCode.Internal, "the message is not gzip, as its encoding says");
            }

            _count += count;
            return _count <= bytesMax
                ? count
                : throw GrpcFault.Of(
                    StatusCode.ResourceExhausted,
                    $"the message is larger than {bytesMax} bytes once unpacked");
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
