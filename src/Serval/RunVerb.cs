using System.CommandLine;
using Microsoft.Extensions.Logging;
using Serval.CommandLine.Roles;
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
        Option<string?> stateDirectory = new("--state-dir")
        {
            HelpName = "DIR",
            Description = "Where the last good configuration is kept, for a start while files have errors",
        };
        RouterFlags flags = new();
        Command verb = new("run", "Route as Gateway API files say, and follow their changes")
        {
            path,
            stateDirectory,
        };
        flags.AddTo(verb);
        verb.SetAction(
            parsed => RunAsync(parsed, flags, parsed.GetValue(path)!, parsed.GetValue(stateDirectory)));
        return verb;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, RouterFlags flags, string path, string? stateDirectory)
    {
        if (!Path.Exists(path))
            return await Complaints.NoSuchPathAsync(path);
        using ILoggerFactory loggers = Logging.Create(flags.Level(parsed));
        AdminOptions admin = new(flags.Admin(parsed));
        RouterRole role = new("run", flags.Router(parsed), admin, flags.DrainLimit(parsed));
        return await role.RunAsync((publisher, log) => new FileSource(
            path, publisher, stateDirectory is null ? null : new LastGood(stateDirectory, log), log)
            .ToRoleSource(), loggers);
    }
}
