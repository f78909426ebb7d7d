using Google.Protobuf;
using Serval.Grpc.Wire;

namespace Serval.Grpc.Serving;

/// <summary>The messages a caller sends, in order.</summary>
/// <typeparam name="T">The message type.</typeparam>
public sealed class RequestStream<T>
    where T : class, IMessage<T>
{
    private readonly MessageReader _reader;
    private readonly MessageParser<T> _parser;

    internal RequestStream(MessageReader reader, MessageParser<T> parser)
    {
        _reader = reader;
        _parser = parser;
    }

    /// <summary>The next message, or null once the caller has finished.</summary>
    public ValueTask<T?> ReadAsync(CancellationToken cancel) => _reader.ReadAsync(_parser, cancel);
}
