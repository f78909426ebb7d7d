using System.CommandLine;
using Microsoft.Extensions.Logging;
using Serval.CommandLine.Roles;
using Serval.Control;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine;

/// <summary><c>serval run PATH</c>: router and gateway in one process, configured by files.</summary>
internal static class RunVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string> path = new("PATH")
        {
            Description = "A file or a folder with Gateway API YAML; watched for changes",
        };
        RouterFlags flags = new();
        Command verb = new("run", "Route as Gateway API files say, and follow their changes") { path };
        flags.AddTo(verb);
        verb.SetAction(parsed => RunAsync(parsed, flags, parsed.GetValue(path)!));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, RouterFlags flags, string path)
    {
        if (!Path.Exists(path))
            return await Complaints.NoSuchPathAsync(path);
        using ILoggerFactory loggers = Logging.Create(flags.Level(parsed));
        AdminOptions admin = new(flags.Admin(parsed));
        RouterRole role = new("run", flags.Router(parsed), admin, flags.DrainLimit(parsed));
        return await role.RunAsync((publisher, _) => Source(path, publisher), loggers);
    }

    private static RoleSource Source(string path, SerialPublisher publisher)
    {
        FileProvider files = new(path);
        long reloads = 0;
        long reloadsSeen = 0;
        return new RoleSource { FeedAsync = FeedAsync, Reload = ReloadAsync };

        async Task FeedAsync(CancellationToken stop)
        {
            await PublishAsync(files.Load(), stop);
            await files.WatchAsync(FollowAsync, stop);
        }

        async Task FollowAsync(Translation translation, CancellationToken stop)
        {
            await PublishAsync(translation, stop);
            // A reload that read the files later may have been published earlier: read once more.
            long now = Volatile.Read(ref reloads);
            if (Interlocked.Exchange(ref reloadsSeen, now) != now)
                await PublishAsync(files.Load(), stop);
        }

        Task<ApplyResult> ReloadAsync(CancellationToken stop)
        {
            Interlocked.Increment(ref reloads);
            return PublishAsync(files.Load(), stop);
        }

        Task<ApplyResult> PublishAsync(Translation translation, CancellationToken stop) =>
            publisher.PublishAsync(translation.Snapshot, translation.Findings, null, stop);
    }
}
