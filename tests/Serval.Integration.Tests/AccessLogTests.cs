using System.Text.Json;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class AccessLogTests
{
    [Fact]
    public async Task A_refused_request_has_what_was_read_of_it_and_the_rule()
    {
        await using ScriptedUpstream upstream = ScriptedUpstream.Saying("");
        JsonElement[] lines = await LogAsync(upstream.Port, async router =>
        {
            await RawClient.AskAsync(router.Port, "GET /a%zz?secret HTTP/1.1\r\nHost: a.test\r\n\r\n");
            await RawClient.AskAsync(router.Port, "PUT /b HTTP/1.1\r\nHost: b.test\r\nX : y\r\n\r\n");
            await RawClient.AskAsync(router.Port, "GE(T /c HTTP/1.1\r\nHost: c.test\r\n\r\n");
        });
        AssertLine(OfRule("path-encoding"), 400, "bad-request", "path-encoding", "GET", "", "/a");
        AssertLine(OfRule("space-before-colon"), 400, "bad-request", "space-before-colon", "PUT", "b.test",
            "/b");
        AssertLine(OfRule("bad-request-line"), 400, "bad-request", "bad-request-line", null, null, null);

        // Each worker has lines of its own, so their order is chance.
        JsonElement OfRule(string rule) =>
            lines.Single(line => line.GetProperty("reject_reason").GetString() == rule);
    }

    [Fact]
    public async Task A_head_that_never_ends_is_logged_with_what_came_of_it()
    {
        await using ScriptedUpstream upstream = ScriptedUpstream.Saying("");
        JsonElement[] lines = await LogAsync(
            upstream.Port,
            router => RawClient.AskAsync(router.Port, "GET /slow HTTP/1.1\r\nHost: a.test\r\nX: "),
            "--request-head-timeout", "200ms");
        AssertLine(lines[0], 408, "downstream-timed-out", null, "GET", "", "/slow");
    }

    [Fact]
    public async Task A_refused_response_is_logged_as_the_502_that_it_became_and_with_the_rule()
    {
        await using ScriptedUpstream upstream = ScriptedUpstream.Saying(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2  \r\nok\r\n");
        JsonElement[] lines = await LogAsync(
            upstream.Port,
            router => RawClient.AskAsync(router.Port, "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n"));
        AssertLine(lines[0], 502, "upstream-invalid", "chunk-extension-invalid", "GET", "a.test", "/x");
    }

    [Fact]
    public async Task A_line_has_the_format_and_the_fields_that_were_asked_for()
    {
        await using ScriptedUpstream upstream = ScriptedUpstream.Saying(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        const string request = "GET /x?q HTTP/1.1\r\nHost: a.test\r\nUser-Agent: raw\r\n\r\n";
        string[] json = await TextAsync(
            upstream.Port, router => RawClient.AskAsync(router.Port, request), "--access-log-fields",
            "query,status");
        Assert.Equal(["{\"query\":\"q\",\"status\":200}"], json);
        string[] combined = await TextAsync(
            upstream.Port, router => RawClient.AskAsync(router.Port, request), "--access-log-format",
            "combined");
        string line = Assert.Single(combined);
        Assert.Matches(@"^127\.0\.0\.1 - - \[../.../....:..:..:.. \+0000\] ", line);
        Assert.Matches(@" ""GET /x HTTP/1\.1"" 200 [0-9]+ ""-"" ""raw""$", line);
    }

    // The file is whole once the router has ended.
    private static async Task<JsonElement[]> LogAsync(
        int upstream, Func<RunningRouter, Task> act, params string[] options) =>
        [.. (await TextAsync(upstream, act, options)).Select(line => JsonDocument.Parse(line).RootElement)];

    private static async Task<string[]> TextAsync(
        int upstream, Func<RunningRouter, Task> act, params string[] options)
    {
        using Folder logs = new();
        string file = Path.Combine(logs.Root, "access.log");
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("all", Objects.Rule("/", "up")) + Objects.Service("up", ("127.0.0.1", upstream)),
            ["--access-log", file, .. options]);
        await act(router);
        router.Process.Terminate();
        Assert.Equal(0, await router.Process.WaitForExitAsync());
        return await File.ReadAllLinesAsync(file);
    }

    private static void AssertLine(
        JsonElement line, int status, string outcome, string? rule, string? method, string? host,
            string? path)
    {
        Assert.Equal(status, line.GetProperty("status").GetInt32());
        Assert.Equal(outcome, line.GetProperty("outcome").GetString());
        Assert.Equal("127.0.0.1", line.GetProperty("client").GetString());
        AssertMember(rule, line, "reject_reason");
        AssertMember(method, line, "method");
        AssertMember(host, line, "host");
        AssertMember(path, line, "path");
    }

    private static void AssertMember(string? expected, JsonElement line, string name) => Assert.Equal(
        expected, line.TryGetProperty(name, out JsonElement member) ? member.GetString() : null);
}
