using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serval.Control;

namespace Serval.CommandLine.Roles;

/// <summary>Watches, publishes and reports as long as the gateway runs; stops it when that fails.</summary>
internal sealed class GatewayLoop(GatewayController controller, IHostApplicationLifetime life, ILogger log)
    : BackgroundService
{
    /// <summary>Whether the gateway ends because this failed.</summary>
    public bool HasFailed { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await controller.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception fault)
        {
            HasFailed = true;
            Log.GatewayFailed(log, fault.ToString());
            life.StopApplication();
        }
    }
}
