using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serval.DataPlane.Admin;

/// <summary>
/// Kestrel with one request delegate and nothing else: no host, no dependency injection, no configuration
/// files. That keeps some 10 MiB of an idle router's memory free and its start short.
/// </summary>
public sealed class SlimServer : IAsyncDisposable
{
    private readonly KestrelServer _server;

    private SlimServer(KestrelServer server, ImmutableArray<IPEndPoint> endpoints)
    {
        _server = server;
        Endpoints = endpoints;
    }

    /// <summary>Where it listens, with the ports that were really taken.</summary>
    public ImmutableArray<IPEndPoint> Endpoints { get; }

    /// <summary>Listens on every endpoint, or throws <see cref="IOException"/> with the reason.</summary>
    public static async Task<SlimServer> StartAsync(
        ImmutableArray<IPEndPoint> endpoints,
        Action<KestrelServerLimits> bound,
        RequestDelegate answer,
        ILoggerFactory loggers,
        CancellationToken stop)
    {
        KestrelServerOptions options = new() { AddServerHeader = false };
        bound(options.Limits);
        foreach (IPEndPoint endpoint in endpoints)
            options.Listen(endpoint, listen => listen.Protocols = HttpProtocols.Http1);

        SocketTransportFactory sockets = new(Options.Create(new SocketTransportOptions()), loggers);
        KestrelServer server = new(Options.Create(options), sockets, loggers);
        try
        {
            await server.StartAsync(new Application(answer), stop);
        }
        catch
        {
            server.Dispose();
            throw;
        }
        return new SlimServer(server, Bound(server));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // An already cancelled token closes what is open instead of waiting for it.
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }

    private static ImmutableArray<IPEndPoint> Bound(KestrelServer server)
    {
        ImmutableArray<IPEndPoint>.Builder endpoints = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (string address in server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses)
            endpoints.Add(IPEndPoint.Parse(new Uri(address).Authority));
        return endpoints.ToImmutable();
    }

    private sealed class Application(RequestDelegate answer) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) =>
            new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => answer(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
