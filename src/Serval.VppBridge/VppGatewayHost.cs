using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;
using Serval.Common;
using Serval.Vpp.V1;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Serving;
using Serval.VppBridge.Stats;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge;

/// <summary>The bridge as a process: the gRPC listener, the admin listener, and the loops behind
/// them.</summary>
public sealed class VppGatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Reconciler _reconciler;

    private VppGatewayHost(WebApplication app, Reconciler reconciler)
    {
        _app = app;
        _reconciler = reconciler;
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
        ILogger? log = null;
        AccessPolicy access = AccessPolicy.Build(options, listen, problem =>
        {
            if (log is not null)
                BridgeLog.Told(log, problem);
        });
        if (listen.UnixPath is { } path)
            UnixSocket.Prepare(path);

        // Empty: neither a settings file nor the environment opens a listener.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        logging(builder.Logging);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = Limits.ConnectionsMax;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            Listen(kestrel, listen, l => ConfigureGrpc(l, access.ToHandshake()));
            Listen(kestrel, admin, l => l.Protocols = HttpProtocols.Http1);
        });
        AddTo(builder.Services, options);
        WebApplication app = builder.Build();
        log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Serval.VppBridge");
        Reconciler reconciler = app.Services.GetRequiredService<Reconciler>();
        BridgeMetrics metrics = app.Services.GetRequiredService<BridgeMetrics>();
        var answers = new AdminAnswers(reconciler, metrics);

        // The admin listener speaks HTTP/1.1 only and the gRPC one HTTP/2 only.
        app.MapWhen(
            http => !HttpProtocol.IsHttp2(http.Request.Protocol), branch => branch.Run(answers.AnswerAsync));
        GrpcServing.Use<VppGatewayService>(app, new CallBounds(), access.Authorize, metrics.CountCall);
        try
        {
            await ListenAsync(app, options, listen, cancel).ConfigureAwait(false);
        }
        catch
        {
            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        return new VppGatewayHost(app, reconciler);
    }

    /// <summary>Completes once the lifetime of the host stopped it.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static void AddTo(IServiceCollection services, VppGatewayOptions options)
    {
        services.AddSingleton(TimeProvider.System);
        CollectorRegistry registry = Metrics.NewCustomRegistry();
        options.AddSeries(registry);
        services.AddSingleton(registry);
        services.AddSingleton<CommandMeter>();
        services.AddSingleton(provider => Connect(
            options, provider.GetRequiredService<CommandMeter>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Serval.VppBridge"),
            provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
        services.AddSingleton(provider => new StatsSampler(
            provider.GetRequiredService<Reconciler>(),
            Path.Combine(options.VppRuntimeDirectory, "stats.sock"), TimeProvider.System,
            provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
        services.AddSingleton<IHostedService>(provider => new Loop(
            provider.GetRequiredService<Reconciler>().RunAsync));
        services.AddSingleton<IHostedService>(provider => new Loop(
            provider.GetRequiredService<StatsSampler>().RunAsync));
        services.AddSingleton<BridgeMetrics>();
        services.AddSingleton(new KeyFiles(options.KeyDirectory));
        services.AddSingleton<VppGatewayService>();

        // A caller that asks for health wants to know whether what was asked for is enforced.
        GrpcServing.AddTo(
            services, new CallBounds(), VppGatewayReflection.Descriptor.Services[0].FullName,
            provider => provider.GetRequiredService<Reconciler>().Status.IsReady);
    }

    private static Reconciler Connect(
        VppGatewayOptions options, CommandMeter commands, ILogger logger, CancellationToken stop)
    {
        var connector = new TransportConnector(
            options.VppRuntimeDirectory, options.Transport, options.AllowKeysOverCli, options.CallClock);
        return new Reconciler(
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
    }

    private static async Task ListenAsync(
        WebApplication app, VppGatewayOptions options, ListenAddress listen, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            string option = listen.EndPoint is { } endPoint
                && e.Message.Contains(endPoint.ToString(), StringComparison.Ordinal)
                ? $"--listen {options.Listen}" : $"--admin {options.Admin}";
            throw new OptionException(
                $"{option}: another process has this port, which may be an outgoing connection; reserve the "
                + "port with the sysctl net.ipv4.ip_local_reserved_ports", e);
        }

        if (listen.UnixPath is { } path)
            UnixSocket.Restrict(path);
    }

    private static void Listen(
        KestrelServerOptions kestrel, ListenAddress address, Action<ListenOptions> configure)
    {
        if (address.UnixPath is { } path)
            kestrel.ListenUnixSocket(path, configure);
        else
            kestrel.Listen(address.EndPoint!, configure);
    }

    private static void ConfigureGrpc(ListenOptions listen, TlsHandshakeCallbackOptions? tls)
    {
        listen.Protocols = HttpProtocols.Http2;
        if (tls is not null)
            listen.UseHttps(tls);
    }
}
