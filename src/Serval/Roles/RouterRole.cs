using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serval.Config.Validating;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// The life of a process with a data plane: 1. start workers, 2. open the admin API, 3. feed configurations
/// until a signal comes, 4. drain, 5. stop. Returns the exit code: 0 after a signal, 1 when it could not
/// start.
/// </summary>
internal sealed class RouterRole(
    string name, RouterOptions options, AdminOptions admin, TimeSpan drainLimit,
    SealedSecrets? sealedSecrets = null)
{
    /// <summary>The version of this program.</summary>
    public static string Version =>
        typeof(RouterRole).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    /// <summary>Runs until a signal has been answered.</summary>
    public async Task<int> RunAsync(Func<IServiceProvider, RoleSource> source, ILoggerFactory loggers)
    {
        ILogger log = loggers.CreateLogger("serval");
        Log.Starting(log, Version, name);
        using StopSignals signals = new();
        IHost host = RoleHost.Build(signals, loggers, admin.FindFault, services =>
        {
            services.AddSingleton(log);
            services.AddSingleton(admin);
            services.AddSingleton(new DrainLimit(drainLimit));
            services.AddSingleton(_ => Router.Start(options, loggers));
            services.AddSingleton(provider =>
                new SecretKeeper(provider.GetRequiredService<Router>(), sealedSecrets, log));
            services.AddSingleton<SerialPublisher>();
            services.AddSingleton(_ => new ServiceNotifier(log));
            services.AddSingleton(source);
            services.AddSingleton(SourcesOf);
            services.AddHostedService<AdminService>();
            services.AddHostedService<RouterLoop>();
        });
        // The router's own end is asynchronous.
        await using (((IAsyncDisposable)host).ConfigureAwait(false))
        {
            try
            {
                await host.StartAsync(CancellationToken.None);
            }
            catch (Exception reason) when (reason is not OutOfMemoryException)
            {
                Log.CannotStart(log, reason.Message);
                return 1;
            }
            await host.WaitForShutdownAsync(CancellationToken.None);
        }
        Log.Stopped(log);
        return 0;
    }

    private AdminSources SourcesOf(IServiceProvider provider)
    {
        Router router = provider.GetRequiredService<Router>();
        SerialPublisher publisher = provider.GetRequiredService<SerialPublisher>();
        SecretKeeper secrets = provider.GetRequiredService<SecretKeeper>();
        RoleSource source = provider.GetRequiredService<RoleSource>();
        publisher.Own = () => [.. router.MachineFindings, .. source.Findings()];
        foreach (Finding finding in router.MachineFindings)
            Log.WarningFound(provider.GetRequiredService<ILogger>(), finding.ToLogText());
        return new AdminSources
        {
            Live = () => router.Live,
            NotReadyReason = () => router.NotReadyReason,
            WriteMetricsAsync = new RouterPage(name, router, publisher, secrets).WriteAsync,
            Certificates = () => secrets.Certificates,
            WaitingCertificates = () => secrets.Waiting,
            PutSecrets = source.PutSecrets,
            Findings = () => publisher.Findings,
            Status = new RouterStatus(
                name, () => router.Live, () => publisher.Findings, () => router.NotReadyReason, router).Write,
            Options = options,
            Publish = source.Publish,
            PublishDelta = source.PublishDelta,
            Reload = source.Reload,
        };
    }
}
