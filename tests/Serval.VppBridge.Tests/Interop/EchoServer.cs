using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serval.VppBridge.Serving;

namespace Serval.VppBridge.Tests.Interop;

/// <summary>The echo service, served as the bridge serves its own, on a free port of the loopback
/// address.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    public const int LargeBytesMax = 80 * 1024 * 1024;
    private readonly WebApplication _app;

    private EchoServer(WebApplication app, EchoService echo, Uri address)
    {
        _app = app;
        Echo = echo;
        Address = address;
    }

    public EchoService Echo { get; }

    public Uri Address { get; }

    public string Authority => Address.Authority;

    /// <summary>What was told of each call that ended.</summary>
    public List<(string Method, StatusCode Code)> Ended { get; private init; } = [];

    public static Task<EchoServer> StartAsync(int bytesMax = LargeBytesMax) =>
        StartAsync(new CallBounds { ReceiveBytesMax = bytesMax, SendBytesMax = bytesMax });

    public static async Task<EchoServer> StartAsync(
        CallBounds bounds, Func<HttpContext, Status>? authorize = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        EchoService echo = new();
        builder.Services.AddSingleton(echo);
        GrpcServing.AddTo(
            builder.Services, bounds, EchoReflection.Descriptor.Services[0].FullName, _ => true);
        WebApplication app = builder.Build();
        List<(string, StatusCode)> ended = [];
        GrpcServing.Use<EchoService>(
            app, bounds, authorize ?? (_ => Status.DefaultSuccess), (method, code, _) =>
            {
                lock (ended)
                    ended.Add((method, code));
            });
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single();
        return new EchoServer(app, echo, new Uri(address)) { Ended = ended };
    }

    public GrpcChannel Connect() => GrpcChannel.ForAddress(Address, new GrpcChannelOptions
    {
        MaxReceiveMessageSize = LargeBytesMax,
        MaxSendMessageSize = LargeBytesMax,
    });

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
