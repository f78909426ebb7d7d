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
        if ((admin.FindFault() ?? options.Access.FindFault()) is { } fault)
            return CannotStart(log, fault);
        using StopSignals signals = new();
        GatewayController controller;
        try
        {
            controller = new GatewayController(options, null, [], loggers, TimeProvider.System);
        }
        catch (Exception reason) when (reason is not OutOfMemoryException)
        {
            return CannotStart(log, reason.Message);
        }
        await using (controller)
        {
            AdminServer server;
            try
            {
                server = await AdminServer.StartAsync(
                    admin, Sources(controller), loggers, CancellationToken.None);
            }
            catch (IOException reason)
            {
                return CannotStart(log, $"the admin API cannot listen on {admin.Endpoint}: {reason.Message}");
            }
            await using (server)
            {
                Log.AdminListening(log, admin.Tls is null ? "http" : "https", server.Endpoint.ToString());
                return await RunUntilSignalAsync(controller, signals, log);
            }
        }
    }

    private static AdminSources Sources(GatewayController controller) => new()
    {
        Live = () => controller.Snapshot,
        NotReadyReason = () =>
            controller.Snapshot is null ? "no configuration is live yet" : null,
        WriteMetrics = writer => GatewayMetrics.Write(writer, controller.View),
        Findings = () => controller.Findings,
        Routers = () => RoutersJson.Write(controller.View),
        Reload = async stop =>
        {
            await controller.ResyncAsync(stop);
            return new ApplyResult(true, controller.Snapshot?.Version, controller.Findings);
        },
    };

    private static async Task<int> RunUntilSignalAsync(
        GatewayController controller, StopSignals signals, ILogger log)
    {
        using CancellationTokenSource stop = new();
        Task running = controller.RunAsync(stop.Token);
        await Task.WhenAny(running, signals.First);
        if (running.IsFaulted)
        {
            Log.GatewayFailed(log, running.Exception.InnerException!.ToString());
            return 1;
        }
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Log.Stopped(log);
        return 0;
    }

    private static int CannotStart(ILogger log, string reason)
    {
        Log.CannotStart(log, reason);
        return 1;
    }
}
