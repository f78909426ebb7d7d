using System.CommandLine;
using System.Text.Json;
using Serval.CommandLine;
using Serval.Config.Model;
using Serval.DataPlane;

namespace Serval.Integration.Tests.CommandLine;

public sealed class RouterFlagsTests
{
    [Fact]
    public void Without_options_a_router_starts_as_its_defaults_say()
    {
        RouterOptions options = Read();
        Assert.Equal(new Timeouts(), options.Timeouts);
        Assert.Null(options.AccessLog);
        Assert.Equal(
            new RouterOptions { Cpus = options.Cpus, TrustedProxies = options.TrustedProxies }, options);
        Assert.Empty(options.Cpus);
        Assert.Empty(options.TrustedProxies);
    }

    [Fact]
    public void Each_timeout_is_that_of_its_option()
    {
        RouterOptions options = Read(
            "--request-head-timeout", "1s", "--connect-timeout", "2s", "--downstream-idle-timeout", "3s",
            "--stream-idle-timeout", "4s", "--upstream-idle-timeout", "5s", "--tunnel-idle-timeout", "6s");
        Assert.Equal(
            new Timeouts
            {
                RequestHeadMs = 1_000,
                ConnectMs = 2_000,
                DownstreamIdleMs = 3_000,
                StreamIdleMs = 4_000,
                UpstreamIdleMs = 5_000,
                TunnelIdleMs = 6_000,
            },
            options.Timeouts);
    }

    [Fact]
    public void Each_switch_turns_what_it_names()
    {
        RouterOptions standard = Read();
        Assert.Equal(standard with { WritesReasonHeader = false }, Read("--reason-header", "off"));
        Assert.Equal(standard with { CountsEndpoints = true }, Read("--endpoint-metrics", "on"));
        Assert.Equal(standard with { ForwardsTrace = true }, Read("--trace", "on"));
        Assert.Equal(
            standard with { AmbiguousNames = AmbiguousNames.Refuse }, Read("--header-names", "refuse"));
        Assert.Equal(standard with { PathPolicy = PathPolicy.Raw }, Read("--path-policy", "raw"));
        Assert.Equal(standard with { ServesHalfClosed = true }, Read("--half-closed-clients", "answer"));
        Assert.Equal(standard with { AddsRequestIds = false }, Read("--request-id", "off"));
        Assert.Equal(standard with { MakesTraceParents = false }, Read("--traceparent", "keep"));
        Assert.Equal(standard with { Workers = 3 }, Read("--workers", "3"));
    }

    [Fact]
    public void The_access_log_is_written_as_its_options_say()
    {
        Assert.Equal(new AccessLogOptions("-"), Read("--access-log", "-").AccessLog);
        Assert.Equal(
            new AccessLogOptions("/log")
            {
                SampleEvery = 7,
                AlwaysFromStatus = 500,
                Format = AccessLogFormat.Combined,
                Fields = AccessFields.Time | AccessFields.BytesSent,
            },
            Read("--access-log", "/log", "--access-log-every", "7", "--access-log-from-status", "500",
                "--access-log-format", "combined", "--access-log-fields", "time,bytes_sent").AccessLog);
    }

    // Microseconds are named in the log, and a server name goes by the name that tools know.
    [Fact]
    public void Each_field_of_the_access_log_is_chosen_by_its_own_name()
    {
        foreach (string name in AccessFieldNames.Names)
        {
            AccessFields field = Read("--access-log", "-", "--access-log-fields", name).AccessLog!.Fields;
            string words = JsonNamingPolicy.SnakeCaseLower.ConvertName($"{field}");
            string said = name.EndsWith("_us", StringComparison.Ordinal) ? name[..^3] : name;
            Assert.Equal(said == "sni" ? "server_name" : said, words);
        }
    }

    private static RouterOptions Read(params string[] options)
    {
        Command verb = new("router");
        RouterFlags flags = new();
        flags.AddTo(verb);
        ParseResult parsed = verb.Parse(options);
        Assert.Empty(parsed.Errors);
        return flags.Router(parsed);
    }
}
