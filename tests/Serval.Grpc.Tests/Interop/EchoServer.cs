using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serval.Grpc.Calling;
using Serval.Grpc.Health;
using Serval.Grpc.Reflection;
using Serval.Grpc.Serving;

namespace Serval.Grpc.Tests.Interop;

/// <summary>The echo service with health and reflection on a free port of the loopback address.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EchoServer(WebApplication app, EchoService echo, HealthService health, Uri address)
    {
        _app = app;
        Echo = echo;
        Health = health;
        Address = address;
    }

    public EchoService Echo { get; }

    public HealthService Health { get; }

    public Uri Address { get; }

    public string Authority => Address.Authority;

    public static Task<EchoServer> StartAsync(int bytesMax = 80 * 1024 * 1024) =>
        StartAsync(new GrpcServerOptions
        {
            ReceiveBytesMax = bytesMax,
            SendBytesMax = bytesMax,
            CompressResponses = true,
        }, null);

    public static async Task<EchoServer> StartAsync(
        GrpcServerOptions options, HttpsConnectionAdapterOptions? tls)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (tls is not null)
                listen.UseHttps(tls);
        }));
        WebApplication app = builder.Build();
        var echo = new EchoService();
        var health = new HealthService();
        health.Set(string.Empty, true);
        GrpcService[] services = [echo.Build(), health.Build()];
        var server = new GrpcServer(
            [.. services, .. new ReflectionService(services).Build()], options,
                app.Lifetime.ApplicationStopping);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single();
        return new EchoServer(app, echo, health, new Uri(address));
    }

    public GrpcChannel Connect(GrpcChannelOptions? options = null) =>
        new(Address, options ?? new GrpcChannelOptions
        {
            ReceiveBytesMax = 80 << 20,
            SendBytesMax = 80 << 20
        });

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
