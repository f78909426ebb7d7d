using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serval.Common;
using Serval.Common.Access;
using Serval.Grpc.Health;
using Serval.Grpc.Reflection;
using Serval.Grpc.Serving;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Serving;
using Serval.VppBridge.Stats;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge;

/// <summary>The bridge as a process: the gRPC listener, the admin listener, and the loops behind
/// them.</summary>
public sealed class VppGatewayHost : IAsyncDisposable
{
    private const int ConnectionsMax = 1024;
    private readonly WebApplication _app;
    private readonly Reconciler _reconciler;
    private readonly Task _loops;

    private VppGatewayHost(WebApplication app, Reconciler reconciler, Task loops)
    {
        _app = app;
        _reconciler = reconciler;
        _loops = loops;
    }

    /// <summary>The addresses listened on, the gRPC one first.</summary>
    public IReadOnlyList<string> Addresses => [.. _app.Services.GetRequiredService<IServer>().Features
        .Get<IServerAddressesFeature>()!.Addresses];

    internal Reconciler Reconciler => _reconciler;

    /// <summary>Starts to listen and to look for VPP; VPP need not be there.</summary>
    /// <exception cref="OptionException">The options contradict each other or would let strangers
    /// in.</exception>
    /// <exception cref="InvalidDataException">The kept state is damaged.</exception>
    public static async Task<VppGatewayHost> StartAsync(
        VppGatewayOptions options, Action<ILoggingBuilder> logging, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logging);
        ListenAddress listen = ListenAddress.Parse(options.Listen);
        ListenAddress admin = ListenAddress.Parse(options.Admin);
        if (!admin.IsLocal)
            throw new OptionException($"--admin {options.Admin} is plain HTTP and must be loopback");
        AccessPolicy access = AccessPolicy.Build(options, listen);
        HttpsConnectionAdapterOptions? tls = BuildTls(options, access);

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            Listen(kestrel, listen, l => ConfigureGrpc(l, tls));
            Listen(kestrel, admin, l => l.Protocols = HttpProtocols.Http1);
        });
        WebApplication app = builder.Build();
        CancellationToken stop = app.Lifetime.ApplicationStopping;
        var commands = new CommandMeter(TimeProvider.System);
        ILogger logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Serval.VppBridge");
        var connector = new TransportConnector(
            options.VppRuntimeDirectory, options.Transport, options.AllowKeysOverCli, options.CallClock);
        var reconciler = new Reconciler(
            new ReconcilerOptions
            {
                Connect = async cancelled => new MeasuredTransport(
                    await connector.ConnectAsync(cancelled).ConfigureAwait(false), commands),
                File = new StateFile(options.StateDirectory),
                Repair = options.Repair,
                ReconnectPauseMin = options.ReconnectPauseMin,
                UnsettledLookInterval = options.UnsettledLookInterval,
                Log = line => BridgeLog.Told(logger, line),
            },
            stop);
        var stats = new StatsSampler(
            reconciler, Path.Combine(options.VppRuntimeDirectory, "stats.sock"), TimeProvider.System, stop);
        var metrics = new BridgeMetrics(reconciler, stats, commands);
        Serve(app, options, access, reconciler, stats, metrics, logger);
        await app.StartAsync(cancel).ConfigureAwait(false);
        return new VppGatewayHost(app, reconciler, Task.WhenAll(reconciler.RunAsync(), stats.RunAsync()));
    }

    /// <summary>Starts, and returns once <paramref name="cancel"/> fires and everything has
    /// stopped.</summary>
    public static async Task RunAsync(
        VppGatewayOptions options, Action<ILoggingBuilder> logging, CancellationToken cancel)
    {
        await using VppGatewayHost host = await StartAsync(options, logging, cancel).ConfigureAwait(false);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration =
            cancel.Register(() => stopped.TrySetResult());
        await stopped.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _loops.ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _reconciler.Dispose();
    }

    private static void Serve(
        WebApplication app, VppGatewayOptions options, AccessPolicy access, Reconciler reconciler,
        StatsSampler stats, BridgeMetrics metrics, ILogger logger)
    {
        var health = new HealthService();
        health.Set(string.Empty, true);
        GrpcService gateway = new VppGatewayService(
            reconciler, stats, new KeyFiles(options.KeyDirectory), TimeProvider.System).Build();
        health.Set(gateway.Descriptor.FullName, true);
        GrpcService[] services = [gateway, health.Build()];
        var server = new GrpcServer(
            [.. services, .. new ReflectionService(services).Build()],
            new GrpcServerOptions
            {
                Authorize = access.Authorize,
                Ended = metrics.CountCall,
                Faulted = (method, e) => BridgeLog.CallFaulted(logger, method, e),
            },
            app.Lifetime.ApplicationStopping);

        // The admin listener speaks HTTP/1.1 only and the gRPC one HTTP/2 only.
        app.Run(http => HttpProtocol.IsHttp2(http.Request.Protocol)
            ? server.HandleAsync(http)
            : AdminAsync(http, reconciler, metrics));
    }

    private static Task AdminAsync(HttpContext http, Reconciler reconciler, BridgeMetrics metrics)
    {
        BridgeStatus status = reconciler.Status;
        bool isReady = status is { Transport: not null, IsConverged: true };
        (int code, string body) = http.Request.Path.Value switch
        {
            "/healthz" => (StatusCodes.Status200OK, "ok\n"),
            "/readyz" when isReady => (StatusCodes.Status200OK, "ok\n"),
            "/readyz" => (
                StatusCodes.Status503ServiceUnavailable,
                status.Transport is null
                    ? $"VPP is away since {status.Since:O}: {status.Problem}\n"
                    : string.Join('\n', status.Drift.Take(20)) + "\n"),
            "/metrics" => (StatusCodes.Status200OK, metrics.Write()),
            _ => (StatusCodes.Status404NotFound, "not found\n"),
        };
        http.Response.StatusCode = code;
        http.Response.ContentType = MetricsText.ContentType;
        return http.Response.WriteAsync(body, http.RequestAborted);
    }

    private static void Listen(
        KestrelServerOptions kestrel, ListenAddress address, Action<ListenOptions> configure)
    {
        if (address.UnixPath is { } path)
            kestrel.ListenUnixSocket(path, configure);
        else
            kestrel.Listen(address.EndPoint!, configure);
    }

    private static HttpsConnectionAdapterOptions? BuildTls(VppGatewayOptions options, AccessPolicy access)
    {
        if (options.CertificateFile is null)
            return null;
        return new HttpsConnectionAdapterOptions
        {
            ServerCertificate = PemFiles.ReadOwn(options.CertificateFile, options.CertificateKeyFile),
            ServerCertificateChain = PemFiles.ReadCertificates(options.CertificateFile),
            ClientCertificateMode = access.Authorities is null
                ? ClientCertificateMode.NoCertificate
                : ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = access.IsTrusted,
        };
    }

    private static void ConfigureGrpc(ListenOptions listen, HttpsConnectionAdapterOptions? tls)
    {
        listen.Protocols = HttpProtocols.Http2;
        if (tls is not null)
            listen.UseHttps(tls);
    }
}
