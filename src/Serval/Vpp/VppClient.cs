using Google.Protobuf;
using Serval.Grpc.Calling;

namespace Serval.CommandLine.Vpp;

/// <summary>Calls the bridge. Owner: one run of a verb.</summary>
/// <param name="channel">The way to the bridge.</param>
/// <param name="server">How the user named the bridge.</param>
internal sealed class VppClient(GrpcChannel channel, string server) : IDisposable
{
    private const string Service = "/serval.vpp.v1.VppGateway/";

    /// <summary>How the user named the bridge.</summary>
    public string Server => server;

    /// <summary>Asks once.</summary>
    public Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser)
        where T : class, IMessage<T> =>
        channel.UnaryAsync(Service + method, request, parser, null, CancellationToken.None);

    /// <summary>Asks for answers until <paramref name="stop"/>.</summary>
    public IAsyncEnumerable<T> StreamAsync<T>(
        string method, IMessage request, MessageParser<T> parser, CancellationToken stop)
        where T : class, IMessage<T> =>
        channel.StreamAsync(Service + method, request, parser, null, stop);

    /// <inheritdoc/>
    public void Dispose() => channel.Dispose();
}
