using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Serval.Common;
using Serval.Common.Addressing;
using Serval.Config.Model;
using Serval.DataPlane;

namespace Serval.CommandLine;

/// <summary>The options that every role with a data plane shares, and what they turn into.</summary>
internal sealed class RouterFlags
{
    private static readonly Timeouts Defaults = new();

    private readonly Option<IPEndPoint> _admin = AdminOption(9901);

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

    private readonly LoggingFlags _logging = new();
    private readonly ProxyFlags _proxies = new();

    private readonly WordOption<Switch> _endpointMetrics = new(
        "--endpoint-metrics", "Whether metrics have series for each endpoint too", Switch.Off);

    private readonly WordOption<Switch> _reasonHeader = new(
        "--reason-header", "Whether the router's own answers say why in a header", Switch.On);

    private readonly WordOption<Switch> _trace = new(
        "--trace", "Whether TRACE goes upstream; otherwise it is answered 405", Switch.Off);

    private readonly WordOption<AmbiguousNames> _headerNames = new(
        "--header-names", "What happens to request headers with an underscore or the like in their name",
        AmbiguousNames.Drop);

    private readonly WordOption<PathPolicy> _pathPolicy = new(
        "--path-policy",
        "What happens to paths with escapes and dot segments, unless a ListenerPolicy says it",
        PathPolicy.Default, ("", PathPolicy.Router));

    private readonly WordOption<HalfClosed> _halfClosed = new(
        "--half-closed-clients",
        "What happens to a request whose client ends its half of the connection while it waits",
        HalfClosed.Cancel);

    private readonly Option<string?> _accessLog = new("--access-log")
    {
        HelpName = "PATH|-",
        Description = "Log one line for each exchange to a file, or to the standard output",
    };

    private readonly Option<int> _accessLogEvery = new("--access-log-every")
    {
        HelpName = "N",
        Description = "Log one of N exchanges",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _accessLogFromStatus = new("--access-log-from-status")
    {
        HelpName = "STATUS",
        Description = "Log every exchange whose status is at least this, whatever N says; 0 for none",
    };

    private readonly WordOption<AccessLogFormat> _accessLogFormat = new(
        "--access-log-format", "How lines of the access log are written", AccessLogFormat.Json);

    private readonly Option<AccessFields> _accessLogFields = new("--access-log-fields")
    {
        HelpName = "NAME,...",
        Description = "What a line of the access log says, such as time,client,path,status",
        CustomParser = AccessFieldNames.Parse,
    };

    private readonly Option<Duration> _requestHead = Longest(
        "--request-head-timeout", "for the head of a request to arrive", Defaults.RequestHeadMs);

    private readonly Option<Duration> _connect = Longest(
        "--connect-timeout", "for a connection to an endpoint to be established", Defaults.ConnectMs);

    private readonly Option<Duration> _downstreamIdle = Longest(
        "--downstream-idle-timeout", "that a client's connection may wait for its next request",
        Defaults.DownstreamIdleMs);

    private readonly Option<Duration> _streamIdle = Longest(
        "--stream-idle-timeout", "without a byte of a request or a response", Defaults.StreamIdleMs);

    private readonly Option<Duration> _upstreamIdle = Longest(
        "--upstream-idle-timeout", "that an upstream connection is kept unused", Defaults.UpstreamIdleMs);

    private readonly Option<Duration> _tunnelIdle = Longest(
        "--tunnel-idle-timeout", "without a byte on an upgraded connection", Defaults.TunnelIdleMs);

    private readonly Option<Duration> _drain = DurationOption.Create(
        "--drain-timeout", "How long open exchanges may take to finish after SIGTERM",
        new Duration(30_000), least: 0);

    /// <summary>The option that says where an admin API listens.</summary>
    public static Option<IPEndPoint> AdminOption(int port) => new("--admin")
    {
        HelpName = "ADDR:PORT",
        Description = "Where the admin API listens; port 0 takes a free one",
        DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, port),
        CustomParser = ParseEndpoint,
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        Option[] options =
        [
            _admin, _workers, _cpus, _reasonHeader.Option, _accessLog, _accessLogEvery,
            _accessLogFromStatus, _accessLogFormat.Option, _accessLogFields,
            _trace.Option, _headerNames.Option, _pathPolicy.Option, _halfClosed.Option,
            _requestHead, _connect, _downstreamIdle, _streamIdle, _upstreamIdle, _tunnelIdle, _drain,
            _endpointMetrics.Option,
        ];
        foreach (Option option in options)
            verb.Options.Add(option);
        _proxies.AddTo(verb);
        _logging.AddTo(verb);
    }

    /// <summary>Address of the admin API.</summary>
    public IPEndPoint Admin(ParseResult parsed) => parsed.GetValue(_admin)!;

    /// <summary>Whether the command line says where the admin API listens.</summary>
    public bool NamesAdmin(CommandResult result) => result.GetResult(_admin) is { Implicit: false };

    /// <summary>The loggers of the process.</summary>
    public ILoggerFactory Loggers(ParseResult parsed) => _logging.Create(parsed);

    /// <summary>Bound on draining.</summary>
    public TimeSpan DrainLimit(ParseResult parsed) =>
        TimeSpan.FromMilliseconds(parsed.GetValue(_drain).Milliseconds);

    /// <summary>What the data plane is started with.</summary>
    public RouterOptions Router(ParseResult parsed) => _proxies.Fill(new RouterOptions
    {
        Workers = parsed.GetValue(_workers),
        Cpus = parsed.GetValue(_cpus),
        WritesReasonHeader = _reasonHeader.Read(parsed) == Switch.On,
        CountsEndpoints = _endpointMetrics.Read(parsed) == Switch.On,
        ForwardsTrace = _trace.Read(parsed) == Switch.On,
        AmbiguousNames = _headerNames.Read(parsed),
        PathPolicy = _pathPolicy.Read(parsed),
        ServesHalfClosed = _halfClosed.Read(parsed) == HalfClosed.Answer,
        AccessLog = parsed.GetValue(_accessLog) is { } path ? AccessLog(parsed, path) : null,
        Timeouts = new Timeouts
        {
            RequestHeadMs = Milliseconds(parsed, _requestHead),
            ConnectMs = Milliseconds(parsed, _connect),
            DownstreamIdleMs = Milliseconds(parsed, _downstreamIdle),
            StreamIdleMs = Milliseconds(parsed, _streamIdle),
            UpstreamIdleMs = Milliseconds(parsed, _upstreamIdle),
            TunnelIdleMs = Milliseconds(parsed, _tunnelIdle),
        },
    }, parsed);

    private AccessLogOptions AccessLog(ParseResult parsed, string path) => new(path)
    {
        SampleEvery = parsed.GetValue(_accessLogEvery),
        AlwaysFromStatus = parsed.GetValue(_accessLogFromStatus),
        Format = _accessLogFormat.Read(parsed),
        Fields = parsed.GetResult(_accessLogFields) is null
            ? AccessFields.Default : parsed.GetValue(_accessLogFields),
    };

    private enum HalfClosed
    {
        Cancel,
        Answer,
    }

    private static int Milliseconds(ParseResult parsed, Option<Duration> option) =>
        (int)parsed.GetValue(option).Milliseconds;

    private static Option<Duration> Longest(string name, string description, int value) =>
        DurationOption.Create(name, $"Longest time {description}", new Duration(value));

    private static IPEndPoint? ParseEndpoint(ArgumentResult result) =>
        Endpoints.TryParse(result.Tokens[0].Value, out IPEndPoint? endpoint)
            ? endpoint
            : Fail<IPEndPoint>(result, "is not an address and port, such as 127.0.0.1:9901 or [::1]:9901");

    private static T? Fail<T>(ArgumentResult result, string reason)
    {
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{result.Tokens[0].Value} {reason}."));
        return default;
    }
}
