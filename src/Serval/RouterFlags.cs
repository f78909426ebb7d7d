using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Serval.DataPlane;

namespace Serval.CommandLine;

/// <summary>The options that every role with a data plane shares, and what they turn into.</summary>
internal sealed class RouterFlags
{
    private readonly Option<IPEndPoint> _admin = new("--admin")
    {
        HelpName = "ADDR:PORT",
        Description = "Where the admin API listens; port 0 takes a free one",
        DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 9901),
        CustomParser = ParseEndpoint,
    };

    private readonly Option<int> _workers = new("--workers")
    {
        HelpName = "N",
        Description = "Worker threads; 0 means one for each usable CPU",
    };

    private readonly Option<ImmutableArray<int>> _cpus = new("--cpus")
    {
        HelpName = "LIST",
        Description = "CPUs that workers are pinned to, such as 2,4-7; all usable ones when absent",
        DefaultValueFactory = _ => [],
        CustomParser = result => CpuList.TryParse(result.Tokens[0].Value, out ImmutableArray<int> cpus)
            ? cpus
            : Fail<ImmutableArray<int>>(result, "is not a list of CPUs, such as 2,4-7"),
    };

    private readonly Option<LogLevel> _logLevel = new("--log-level")
    {
        HelpName = "LEVEL",
        Description = "trace, debug, information, warning, error or critical",
        DefaultValueFactory = _ => LogLevel.Information,
    };

    private readonly Option<bool> _reasonHeader = new("--reason-header")
    {
        HelpName = "on|off",
        Description = "Whether the router's own answers say why in a header",
        DefaultValueFactory = _ => true,
        CustomParser = ParseSwitch,
    };

    private readonly Option<string?> _accessLog = new("--access-log")
    {
        HelpName = "PATH|-",
        Description = "Log one line for each exchange to a file, or to the standard output",
    };

    private readonly Option<int> _drainSeconds = new("--drain-seconds")
    {
        HelpName = "N",
        Description = "How long open exchanges may take to finish after SIGTERM",
        DefaultValueFactory = _ => 30,
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in (Option[])[_admin, _workers, _cpus, _logLevel, _reasonHeader, _accessLog, _drainSeconds])
            verb.Options.Add(option);
    }

    /// <summary>Address of the admin API.</summary>
    public IPEndPoint Admin(ParseResult parsed) => parsed.GetValue(_admin)!;

    /// <summary>Least severe level that is logged.</summary>
    public LogLevel Level(ParseResult parsed) => parsed.GetValue(_logLevel);

    /// <summary>Bound on draining.</summary>
    public TimeSpan DrainLimit(ParseResult parsed) => TimeSpan.FromSeconds(parsed.GetValue(_drainSeconds));

    /// <summary>What the data plane is started with.</summary>
    public RouterOptions Router(ParseResult parsed) => new()
    {
        Workers = parsed.GetValue(_workers),
        Cpus = parsed.GetValue(_cpus),
        WritesReasonHeader = parsed.GetValue(_reasonHeader),
        AccessLog = parsed.GetValue(_accessLog) is { } path ? new AccessLogOptions(path) : null,
    };

    private static IPEndPoint? ParseEndpoint(ArgumentResult result) =>
        Addresses.TryParse(result.Tokens[0].Value, out IPEndPoint? endpoint)
            ? endpoint
            : Fail<IPEndPoint>(result, "is not an address and port, such as 127.0.0.1:9901 or [::1]:9901");

    private static bool ParseSwitch(ArgumentResult result) => result.Tokens[0].Value switch
    {
        "on" => true,
        "off" => false,
        _ => Fail<bool>(result, "is neither on nor off"),
    };

    private static T? Fail<T>(ArgumentResult result, string reason)
    {
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{result.Tokens[0].Value} {reason}."));
        return default;
    }
}
