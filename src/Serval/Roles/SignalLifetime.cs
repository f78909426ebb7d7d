using Microsoft.Extensions.Hosting;

namespace Serval.CommandLine.Roles;

/// <summary>Lets SIGINT and SIGTERM stop a host. The second one is for whoever drains meanwhile.</summary>
internal sealed class SignalLifetime(StopSignals signals, IHostApplicationLifetime life) : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _ = StopOnSignalAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task StopOnSignalAsync()
    {
        await signals.First;
        life.StopApplication();
    }
}
