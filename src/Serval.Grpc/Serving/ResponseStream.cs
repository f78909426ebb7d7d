using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Serval.Grpc.Wire;

namespace Serval.Grpc.Serving;

/// <summary>The messages a server sends, in order. A write waits while the caller does not read, so that at
/// most one message is buffered.</summary>
/// <typeparam name="T">The message type.</typeparam>
public sealed class ResponseStream<T>
    where T : class, IMessage<T>
{
    private readonly GrpcCall _call;
    private readonly bool _acceptsGzip;
    private readonly int _bytesMax;

    internal ResponseStream(GrpcCall call, bool acceptsGzip, int bytesMax)
    {
        _call = call;
        _acceptsGzip = acceptsGzip;
        _bytesMax = bytesMax;
    }

    /// <summary>Sends one message.</summary>
    public async ValueTask WriteAsync(T message, CancellationToken cancel)
    {
        HttpResponse response = _call.Http.Response;
        if (!response.HasStarted)
        {
            if (_acceptsGzip)
                response.Headers[Names.Encoding] = Gzip.Name;
            ResponseEnd.AddTo(response.Headers, _call.ResponseHeaders);
        }

        await MessageWriter.WriteAsync(response.BodyWriter, message, _acceptsGzip, _bytesMax, cancel)
            .ConfigureAwait(false);
    }
}
