using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
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

    /// <summary>
    /// Listens on every endpoint, with TLS where <paramref name="tls"/> is given, or throws
    /// <see cref="IOException"/> with the reason.
    /// </summary>
    public static async Task<SlimServer> StartAsync(
        ImmutableArray<IPEndPoint> endpoints,
        Action<KestrelServerLimits> bound,
        RequestDelegate answer,
        ILoggerFactory loggers,
        CancellationToken stop,
        TlsHandshakeCallbackOptions? tls = null)
    {
        KestrelServerOptions options = new() { AddServerHeader = false };
        bound(options.Limits);
        if (tls is not null)
            options.ApplicationServices = ServicesOfTls(loggers);
        foreach (IPEndPoint endpoint in endpoints)
        {
            options.Listen(endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (tls is not null)
                    listen.UseHttps(tls);
            });
        }

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

    // Kestrel's TLS takes its logger and its meters from services, and the types of the meters are its own.
    // The application is built for them alone and never started.
    private static IServiceProvider ServicesOfTls(ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(loggers);
        return builder.Build().Services;
    }

    private static ImmutableArray<IPEndPoint> Bound(KestrelServer server)
    {
        ImmutableArray<IPEndPoint>.Builder endpoints = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (string address in server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses)
            endpoints.Add(EndpointOf(new Uri(address)));
        return endpoints.ToImmutable();
    }

    /// <summary>The address and port of a URL that has an address for its host.</summary>
    internal static IPEndPoint EndpointOf(Uri url) =>
        // Not its authority: that leaves out the port of the scheme, 80 or 443.
        new(IPAddress.Parse(url.Host.Trim('[', ']')), url.Port);

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
