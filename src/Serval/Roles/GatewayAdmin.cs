using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serval.Control;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>The admin API of a gateway.</summary>
internal sealed class GatewayAdmin(
    AdminOptions admin, GatewayController controller, ILoggerFactory loggers, ILogger log) : IHostedService
{
    private readonly GatewayMetrics _metrics = new(() => controller.View);
    private AdminServer? _server;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _server = await AdminServer.StartAsync(admin, Sources(), loggers, cancellationToken);
        }
        catch (IOException reason)
        {
            throw new IOException(
                $"the admin API cannot listen on {admin.Endpoint}: {reason.Message}", reason);
        }
        Log.AdminListening(log, admin.Tls is null ? "http" : "https", _server.Endpoint.ToString());
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private AdminSources Sources() => new()
    {
        Live = () => controller.Snapshot,
        NotReadyReason = () => controller.Snapshot is null ? "no configuration is live yet" : null,
        WriteMetricsAsync = _metrics.WriteAsync,
        Findings = () => controller.Findings,
        Routers = () => RoutersJson.Write(controller.View),
        Reload = async stop =>
        {
            await controller.ResyncAsync(stop);
            return new ApplyResult(true, controller.Snapshot?.Version, controller.Findings);
        },
    };
}
