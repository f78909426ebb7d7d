using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serval.DataPlane;

namespace Serval.CommandLine.Roles;

/// <summary>
/// Feeds configurations to a data plane until the host stops, then drains it. What is live keeps serving when
/// its source fails.
/// </summary>
/// <param name="router">The data plane.</param>
/// <param name="source">Where its configurations come from.</param>
/// <param name="signals">What stops the host, and cuts the draining short.</param>
/// <param name="drain">How long exchanges in progress may take to end.</param>
/// <param name="notifier">The manager of the service.</param>
/// <param name="log">The process log.</param>
internal sealed class RouterLoop(
    Router router, RoleSource source, StopSignals signals, DrainLimit drain, ServiceNotifier notifier,
    ILogger log)
    : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private UpkeepSignals? _upkeep;
    private Task _feed = Task.CompletedTask;
    private Task _watch = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _upkeep = new UpkeepSignals(router, source, notifier, log);
        _feed = FeedAsync();
        if (notifier.WatchdogPeriod is { } period)
            _watch = WatchAsync(period);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        notifier.Stopping();
        await _stop.CancelAsync();
        await _feed;
        await _watch;
        Log.Draining(log, await signals.First, drain.Time.TotalSeconds);
        Task drained = router.DrainAsync(drain.Time);
        Task second = Task.Delay(Timeout.Infinite, signals.AtOnce);
        if (await Task.WhenAny(drained, second) == second)
            Log.StoppingAtOnce(log);
        else
            await drained;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _upkeep?.Dispose();
        _stop.Dispose();
    }

    private async Task FeedAsync()
    {
        try
        {
            await source.FeedAsync(Started, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Log.FeedEnded(log, fault.Message);
        }
    }

    private void Started() => notifier.Ready(router.NotReadyReason ?? "serving");

    private async Task WatchAsync(TimeSpan period)
    {
        using PeriodicTimer timer = new(period);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (router.TakePulse() is var still and > 0)
                    Log.WorkersStill(log, still);
                else
                    notifier.IsWell();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped: draining has a bound of its own.
        }
    }
}
