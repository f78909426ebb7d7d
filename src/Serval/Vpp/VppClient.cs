using Grpc.Core;
using Grpc.Net.Client;
using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary>Calls the bridge. Owner: one run of a verb.</summary>
/// <param name="channel">The way to the bridge.</param>
/// <param name="server">How the user named the bridge.</param>
/// <param name="metadata">What goes with every call, such as a token.</param>
/// <param name="timeout">How long a call with one answer may take.</param>
internal sealed class VppClient(GrpcChannel channel, string server, Metadata metadata, TimeSpan timeout)
    : IDisposable
{
    /// <summary>How the user named the bridge.</summary>
    public string Server => server;

    /// <summary>The methods of the bridge.</summary>
    public VppGateway.VppGatewayClient Gateway { get; } = new(channel);

    /// <summary>The options of a call with one answer that begins now.</summary>
    public CallOptions Once => new(metadata, TimeProvider.System.GetUtcNow().UtcDateTime + timeout);

    /// <summary>The options of a call whose answers come until <paramref name="stop"/>.</summary>
    public CallOptions Until(CancellationToken stop) => new(metadata, cancellationToken: stop);

    /// <inheritdoc/>
    public void Dispose() => channel.Dispose();
}
