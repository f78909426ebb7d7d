using Microsoft.Extensions.Hosting;

namespace Serval.VppBridge.Serving;

/// <summary>Runs a loop as long as the host does. The loop itself knows when the host stops.</summary>
internal sealed class Loop(Func<Task> run) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => run();
}
