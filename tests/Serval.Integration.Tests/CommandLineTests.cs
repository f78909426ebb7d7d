using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class CommandLineTests
{
    private static readonly string Quickstart = Path.Combine(Repository.Root, "examples", "quickstart");

    [Fact]
    public async Task Help_names_every_verb()
    {
        (int exitCode, string output, _) = await ServalProcess.RunAsync("--help");
        Assert.Equal(0, exitCode);
        foreach (string verb in (string[])
            ["run", "router", "validate", "explain", "ready", "echo", "egress", "vpp",
            "vpp-gateway"])
            Assert.Contains($"\n  {verb} ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_quickstart_is_valid()
    {
        (int exitCode, string output, _) = await ServalProcess.RunAsync("validate", Quickstart);
        Assert.Equal("1 listener, 1 route, 2 clusters: 0 errors, 0 warnings\n", output);
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("table", "error: HTTPRoute test/bad")]
    [InlineData("json", "\"severity\": \"error\"")]
    [InlineData("yaml", "- severity: error")]
    public async Task What_is_refused_is_printed_and_makes_the_exit_code_1(string format, string expected)
    {
        using Folder folder = new();
        folder.Write(
            "b.yaml", Objects.Route("bad", "  - matches: [{path: {type: RegularExpression, value: \"(\"}}]"));
        folder.Write("a.yaml", Objects.Gateway(8080));
        (int exitCode, string output, _) = await ServalProcess.RunAsync(
            "validate", folder.Root, "-o", format);
        Assert.Equal(1, exitCode);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statuses_are_printed_as_YAML()
    {
        (_, string output, _) = await ServalProcess.RunAsync("validate", Quickstart, "-o", "yaml");
        Assert.Contains("kind: Gateway\n", output, StringComparison.Ordinal);
        Assert.Contains("type: Accepted", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explain", "GET http://a/ --admin localhost:1")]
    [InlineData("ready", "http://127.0.0.1:1")]
    [InlineData("status", "--admin 127.0.0.1:1")]
    [InlineData("ready", "htpp://127.0.0.1:1")]
    [InlineData("status", "--admin htpp://127.0.0.1:1")]
    public async Task What_cannot_be_reached_makes_the_exit_code_1(string verb, string arguments)
    {
        (int exitCode, _, string errors) = await ServalProcess.RunAsync([verb, .. arguments.Split(' ')]);
        Assert.Equal(1, exitCode);
        Assert.Contains(":1", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_shows_why_a_rule_is_taken_and_what_goes_upstream()
    {
        string output = await ExplainAsync("GET", "http://echo.example.com:8080/api/v1/users?x=1");
        Assert.Contains("listener    demo/edge/http", output, StringComparison.Ordinal);
        Assert.Contains(
            "rule        HTTPRoute demo/echo rule 2, named rewrite", output, StringComparison.Ordinal);
        Assert.Contains("GET /users?x=1 HTTP/1.1", output, StringComparison.Ordinal);
        Assert.Contains("X-Api-Version: v1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_shows_shares_of_backends_and_their_endpoints()
    {
        string output = await ExplainAsync("GET", "http://echo.example.com:8080/");
        Assert.Contains(
            "90 % to demo/echo-stable:80, which is 127.0.0.1:3001", output, StringComparison.Ordinal);
        Assert.Contains(
            "10 % to demo/echo-canary:80, which is 127.0.0.1:3002", output, StringComparison.Ordinal);
        Assert.Contains("but a header differs", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_shows_the_header_that_decides()
    {
        string output = await ExplainAsync("GET", "http://echo.example.com:8080/", "-H", "X-Version: 2");
        Assert.Contains("named by-header", output, StringComparison.Ordinal);
        Assert.Contains("header x-version is 2", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_shows_a_redirect_as_it_is_answered()
    {
        string output = await ExplainAsync("GET", "http://echo.example.com:8080/old/a");
        Assert.Contains("Location: http://echo.example.com:8080/new/a", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://other.example.com:8080/", "no listener")]
    [InlineData("http://ecko.example.com:8080/", "near        echo.example.com")]
    [InlineData("http://ecko.example.com:8080/", "hosts       echo.example.com")]
    [InlineData("http://echo.example.com:81/", "no listener has port 81; there is 8080")]
    [InlineData("http://echo.example.com:8080/%00", "400: the request is refused")]
    public async Task Explain_says_why_a_request_is_not_answered_and_ends_with_1(string url, string expected)
    {
        (int exitCode, string output, _) =
            await ServalProcess.RunAsync("explain", "GET", url, "--config", Quickstart);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task Explain_lists_rules_that_came_close_those_with_patterns_too()
    {
        using Folder folder = new();
        folder.Write("a.yaml", Objects.Gateway(8080) + Objects.Service("s", ("127.0.0.1", 1))
            + Objects.Route("r", """
                  - matches: [{path: {type: RegularExpression, value: "/v[0-9]+/x"}}]
                    backendRefs: [{name: s, port: 80}]
                  - matches: [{path: {type: PathPrefix, value: "/api"}, method: POST}]
                    backendRefs: [{name: s, port: 80}]
                """));
        (int exitCode, string output, _) = await ServalProcess.RunAsync(
            "explain", "GET", "http://a:8080/api", "--config", folder.Root);
        Assert.Equal(1, exitCode);
        Assert.Contains(
            "HTTPRoute test/r rule 0: path matches the pattern /v[0-9]+/x, but the path differs", output,
            StringComparison.Ordinal);
        Assert.Contains(
            "HTTPRoute test/r rule 1: path begins with /api, but the method differs", output,
            StringComparison.Ordinal);
    }

    private static async Task<string> ExplainAsync(params string[] arguments)
    {
        (int exitCode, string output, string errors) =
            await ServalProcess.RunAsync(["explain", .. arguments, "--config", Quickstart]);
        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        return output;
    }
}
