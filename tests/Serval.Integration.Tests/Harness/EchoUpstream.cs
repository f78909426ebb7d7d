using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.CommandLine.Echo;
using Serval.DataPlane.Admin;

namespace Serval.Integration.Tests.Harness;

/// <summary>The demo upstream, inside the test's process.</summary>
internal sealed class EchoUpstream(SlimServer server) : IAsyncDisposable
{
    public int Port => server.Endpoints[0].Port;

    public static async Task<EchoUpstream> StartAsync(string address = "127.0.0.1", int port = 0) =>
        new(await EchoServer.StartAsync(
            [new IPEndPoint(IPAddress.Parse(address), port)], NullLoggerFactory.Instance,
            CancellationToken.None));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
