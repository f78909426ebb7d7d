using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serval.Control;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// The life of a gateway: 1. read the configuration of the API server, 2. open the admin API, 3. watch,
/// publish and report until a signal comes, 4. give the lease back. Returns the exit code: 0 after a signal,
/// 1 when it could not start or failed.
/// </summary>
internal sealed class GatewayRole(GatewayOptions options, AdminOptions admin)
{
    /// <summary>Runs until a signal has been answered.</summary>
    public async Task<int> RunAsync(ILoggerFactory loggers)
    {
        ILogger log = loggers.CreateLogger("serval");
        Log.Starting(log, RouterRole.Version, "gateway");
        using StopSignals signals = new();
        using IHost host = RoleHost.Build(
            signals, loggers, () => admin.FindFault() ?? options.Access.FindFault(), services =>
            {
                services.AddSingleton(log);
                services.AddSingleton(admin);
                services.AddSingleton(_ =>
                    new GatewayController(options, null, [], loggers, TimeProvider.System));
                services.AddSingleton(provider =>
                    SourcesOf(provider.GetRequiredService<GatewayController>()));
                services.AddHostedService<AdminService>();
                services.AddSingleton<GatewayLoop>();
                services.AddHostedService(provider => provider.GetRequiredService<GatewayLoop>());
            });
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
        if (host.Services.GetRequiredService<GatewayLoop>().HasFailed)
            return 1;
        Log.Stopped(log);
        return 0;
    }

    private static AdminSources SourcesOf(GatewayController controller) => new()
    {
        Live = () => controller.Snapshot,
        NotReadyReason = () => NotReadyReason(controller),
        Status = new RouterStatus(
            "gateway", () => controller.Snapshot, () => controller.Findings, () => NotReadyReason(controller),
            router: null).Write,
        WriteMetricsAsync = new GatewayMetrics(() => controller.View).WriteAsync,
        Findings = () => controller.Findings,
        Routers = () => RoutersJson.Write(controller.View),
        Reload = async stop =>
        {
            await controller.ResyncAsync(stop);
            return new ApplyResult(true, controller.Snapshot?.Version, controller.Findings);
        },
    };

    private static string? NotReadyReason(GatewayController controller) =>
        controller.Snapshot is null ? "no configuration is live yet" : null;
}
