using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Serval.VppBridge.Tests.Interop;

/// <summary>Calls by the names of methods, those that no server has included.</summary>
internal static class NamedCalls
{
    public static Task<TResponse> UnaryAsync<TResponse>(
        this GrpcChannel channel, string path, IMessage request, MessageParser<TResponse> parser,
        CallOptions options = default)
        where TResponse : class, IMessage<TResponse> => channel.CreateCallInvoker()
            .AsyncUnaryCall(Method(MethodType.Unary, path, parser), null, options, request).ResponseAsync;

    public static IAsyncEnumerable<TResponse> StreamAsync<TResponse>(
        this GrpcChannel channel, string path, IMessage request, MessageParser<TResponse> parser,
        CancellationToken cancel = default)
        where TResponse : class, IMessage<TResponse> => channel.CreateCallInvoker()
            .AsyncServerStreamingCall(
                Method(MethodType.ServerStreaming, path, parser), null,
                new CallOptions(cancellationToken: cancel), request)
            .ResponseStream.ReadAllAsync(CancellationToken.None);

    public static Method<IMessage, TResponse> Method<TResponse>(
        MethodType type, string path, MessageParser<TResponse> parser)
        where TResponse : class, IMessage<TResponse>
    {
        string[] parts = path.Split('/');
        return new Method<IMessage, TResponse>(
            type, parts[1], parts[2],
            Marshallers.Create<IMessage>(
                message => message.ToByteArray(), _ => throw new NotSupportedException()),
            Marshallers.Create<TResponse>(response => response.ToByteArray(), parser.ParseFrom));
    }
}
