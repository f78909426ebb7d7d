using Google.Protobuf;
using Google.Protobuf.Reflection;
using Serval.Grpc.Wire;

namespace Serval.Grpc.Serving;

/// <summary>A service of a proto file with a handler for each of its methods.</summary>
public sealed class GrpcService
{
    private readonly Dictionary<string, GrpcMethod> _methods = new(StringComparer.Ordinal);

    /// <summary>Starts a service without handlers.</summary>
    public GrpcService(ServiceDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        Descriptor = descriptor;
    }

    /// <summary>What the proto file says of the service.</summary>
    public ServiceDescriptor Descriptor { get; }

    internal IReadOnlyDictionary<string, GrpcMethod> Methods => _methods;

    /// <summary>Adds a method with one request and one response.</summary>
    public GrpcService Unary<TRequest, TResponse>(
        string name, MessageParser<TRequest> parser, Func<TRequest, GrpcCall, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        return Add(name, isUnary: true, async (call, reader, acceptsGzip, sendMax) =>
        {
            TRequest request = await ReadOnlyRequestAsync(reader, parser, call.Cancel).ConfigureAwait(false);
            TResponse response = await handler(request, call).ConfigureAwait(false);
            await new ResponseStream<TResponse>(call, acceptsGzip, sendMax)
                .WriteAsync(response, call.Cancel).ConfigureAwait(false);
        });
    }

    /// <summary>Adds a method with one request and a stream of responses.</summary>
    public GrpcService ServerStream<TRequest, TResponse>(
        string name, MessageParser<TRequest> parser, Func<TRequest, ResponseStream<TResponse>, GrpcCall,
            Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        return Add(name, isUnary: false, async (call, reader, acceptsGzip, sendMax) =>
        {
            TRequest request = await ReadOnlyRequestAsync(reader, parser, call.Cancel).ConfigureAwait(false);
            await handler(request, new ResponseStream<TResponse>(call, acceptsGzip, sendMax), call)
                .ConfigureAwait(false);
        });
    }

    /// <summary>Adds a method with streams both ways.</summary>
    public GrpcService Duplex<TRequest, TResponse>(
        string name, MessageParser<TRequest> parser,
        Func<RequestStream<TRequest>, ResponseStream<TResponse>, GrpcCall, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        return Add(name, isUnary: false, (call, reader, acceptsGzip, sendMax) => handler(
            new RequestStream<TRequest>(reader, parser),
            new ResponseStream<TResponse>(call, acceptsGzip, sendMax),
            call));
    }

    private GrpcService Add(string name, bool isUnary, Func<GrpcCall, MessageReader, bool, int, Task> invoke)
    {
        if (Descriptor.FindMethodByName(name) is null)
            throw new ArgumentException($"{Descriptor.FullName} has no method {name}", nameof(name));
        string path = $"/{Descriptor.FullName}/{name}";
        _methods.Add(path, new GrpcMethod(path, isUnary, invoke));
        return this;
    }

    private static async ValueTask<T> ReadOnlyRequestAsync<T>(
        MessageReader reader, MessageParser<T> parser, CancellationToken cancel)
        where T : class, IMessage<T>
    {
        T request = await reader.ReadAsync(parser, cancel).ConfigureAwait(false)
            ?? throw new GrpcException(GrpcStatusCode.Internal, "the call ended without a request message");
        if (await reader.ReadAsync(parser, cancel).ConfigureAwait(false) is not null)
            throw new GrpcException(
                GrpcStatusCode.Internal, "the call takes one request message, more were sent");
        return request;
    }
}
