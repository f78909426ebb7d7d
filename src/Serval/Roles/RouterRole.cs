using System.Reflection;
using Microsoft.Extensions.Logging;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// The life of a process with a data plane: 1. start workers, 2. open the admin API, 3. feed configurations
/// until a signal comes, 4. drain, 5. stop. Returns the exit code: 0 after a signal, 1 when it could not
/// start.
/// </summary>
internal sealed class RouterRole(string name, RouterOptions options, AdminOptions admin, TimeSpan drainLimit)
{
    /// <summary>Runs until a signal has been answered.</summary>
    public async Task<int> RunAsync(Func<SerialPublisher, ILogger, RoleSource> source, ILoggerFactory loggers)
    {
        ILogger log = loggers.CreateLogger("serval");
        Log.Starting(log, Version, name);
        if (admin.FindFault() is { } fault)
            return CannotStart(log, fault);

        using StopSignals signals = new();
        Router router;
        try
        {
            router = Router.Start(options, loggers);
        }
        catch (Exception reason) when (reason is not OutOfMemoryException)
        {
            return CannotStart(log, reason.Message);
        }
        await using (router)
        {
            using SerialPublisher publisher = new(router, log);
            return await ServeAsync(router, publisher, source(publisher, log), signals, log, loggers);
        }
    }

    /// <summary>The version of this program.</summary>
    public static string Version =>
        typeof(RouterRole).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    private async Task<int> ServeAsync(
        Router router, SerialPublisher publisher, RoleSource source, StopSignals signals, ILogger log,
        ILoggerFactory loggers)
    {
        AdminSources sources = new()
        {
            Live = () => router.Live,
            NotReadyReason = () => router.NotReadyReason,
            WriteMetricsAsync = new RouterPage(name, router, publisher).WriteAsync,
            Findings = () => publisher.Findings,
            Options = options,
            Publish = source.Publish,
            PublishDelta = source.PublishDelta,
            Reload = source.Reload,
        };
        AdminServer server;
        try
        {
            server = await AdminServer.StartAsync(admin, sources, loggers, CancellationToken.None);
        }
        catch (IOException reason)
        {
            return CannotStart(log, $"the admin API cannot listen on {admin.Endpoint}: {reason.Message}");
        }
        await using (server)
        using (new UpkeepSignals(router, source, log))
        {
            Log.AdminListening(log, admin.Tls is null ? "http" : "https", server.Endpoint.ToString());
            await FeedUntilSignalAsync(source, signals, log);
            await DrainAsync(router, signals, log);
        }
        Log.Stopped(log);
        return 0;
    }

    private static async Task FeedUntilSignalAsync(RoleSource source, StopSignals signals, ILogger log)
    {
        using CancellationTokenSource stop = new();
        Task feed = source.FeedAsync(stop.Token);
        await Task.WhenAny(feed, signals.First);
        if (feed.IsFaulted)
            Log.FeedEnded(log, feed.Exception.InnerException!.Message);
        await signals.First; // what is live keeps serving even without its source
        await stop.CancelAsync();
        await feed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task DrainAsync(Router router, StopSignals signals, ILogger log)
    {
        Log.Draining(log, await signals.First, drainLimit.TotalSeconds);
        Task drain = router.DrainAsync(drainLimit);
        Task second = Task.Delay(Timeout.Infinite, signals.AtOnce);
        if (await Task.WhenAny(drain, second) == second)
            Log.StoppingAtOnce(log);
        else
            await drain;
    }

    private static int CannotStart(ILogger log, string reason)
    {
        Log.CannotStart(log, reason);
        return 1;
    }
}
