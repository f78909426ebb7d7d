using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.Logging;
using Serval.CommandLine.Roles;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine;

/// <summary><c>serval router</c>: a data plane that is fed by <c>PUT /config</c> on its admin API.</summary>
internal static class RouterVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<string> stateDirectory = new("--state-dir")
        {
            HelpName = "DIR",
            Description = "Where the last accepted configuration is kept; it is served after a restart",
            DefaultValueFactory = _ => "/var/lib/serval",
        };
        Option<string?> tokenFile = new("--admin-token-file")
        {
            HelpName = "FILE",
            Description = "Bearer token of the admin API; needed unless it listens on loopback",
        };
        RouterFlags flags = new();
        Command verb = new("router", "Route as PUT /config on the admin API says")
        {
            stateDirectory,
            tokenFile,
        };
        flags.AddTo(verb);
        verb.SetAction(
            parsed => RunAsync(parsed, flags, parsed.GetValue(stateDirectory)!, parsed.GetValue(tokenFile)));
        return verb;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, RouterFlags flags, string stateDirectory, string? tokenFile)
    {
        BearerToken? token = null;
        if (tokenFile is not null)
        {
            if (!File.Exists(tokenFile))
                return await Complaints.NoSuchPathAsync(tokenFile);
            if (!BearerToken.TryCreate(await File.ReadAllTextAsync(tokenFile), out token))
            {
                return await Complaints.SayAsync(
                    $"{tokenFile}: a token has at least {AdminLimits.TokenLengthMin} printable characters");
            }
        }
        using ILoggerFactory loggers = Logging.Create(flags.Level(parsed));
        AdminOptions admin = new(flags.Admin(parsed), token);
        RouterRole role = new("router", flags.Router(parsed), admin, flags.DrainLimit(parsed));
        return await role.RunAsync((publisher, log) => Source(stateDirectory, publisher, log), loggers);
    }

    private static RoleSource Source(string stateDirectory, SerialPublisher publisher, ILogger log)
    {
        LastGood lastGood = new(stateDirectory, log);
        return new RoleSource
        {
            FeedAsync = StartFromDiskAsync,
            Publish = (snapshot, stop) => publisher.PublishAsync(snapshot, [], lastGood.Keep, stop),
            PublishDelta = (delta, stop) => publisher.PublishAsync(delta, lastGood.KeepSoon, stop),
        };

        async Task StartFromDiskAsync(CancellationToken stop)
        {
            Snapshot? kept = lastGood.Find(out ImmutableArray<Finding> findings);
            foreach (Finding finding in findings)
                Log.ErrorFound(log, finding.ToString());
            if (kept is not null)
                await publisher.PublishAsync(kept, [], null, stop);
            else if (findings.IsEmpty)
                Log.NothingKept(log, stateDirectory);
            await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lastGood.KeepWaiting();
        }
    }
}
