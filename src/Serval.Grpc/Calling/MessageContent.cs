using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Serval.Grpc.Wire;

namespace Serval.Grpc.Calling;

/// <summary>One framed message as the body of a request.</summary>
internal sealed class MessageContent : HttpContent
{
    private readonly IMessage _message;
    private readonly bool _compress;
    private readonly int _bytesMax;

    public MessageContent(IMessage message, bool compress, int bytesMax)
    {
        _message = message;
        _compress = compress;
        _bytesMax = bytesMax;
        Headers.ContentType = new MediaTypeHeaderValue(Names.ContentType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        PipeWriter pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        await MessageWriter.WriteAsync(pipe, _message, _compress, _bytesMax, cancellationToken)
            .ConfigureAwait(false);
        await pipe.CompleteAsync().ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = MessageReader.PrefixBytes + _message.CalculateSize();
        return !_compress;
    }
}
