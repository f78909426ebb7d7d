using System.Text.Json;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.CommandLine;

/// <summary>Verbs that ask a running router.</summary>
public sealed class RunningRouterTests
{
    [Fact]
    public async Task Status_shows_what_is_served_and_what_is_wrong()
    {
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "s") + Objects.Rule("/b", "gone"), "a.example")
            + Objects.Service("s", ("127.0.0.1", 1)));
        string admin = router.Admin.BaseAddress!.Authority;
        (int exitCode, string output, string errors) = await ServalProcess.RunAsync(
            "status", "--admin", admin);
        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        Assert.Matches($@"^serval run on {admin}: ready; ", output);
        Assert.Matches($@"test/edge/p{router.Port} +\*:{router.Port} +HTTP +\* +yes +1 ", output);
        Assert.Matches("test/r +a.example +2 ", output);
        Assert.Matches("test/s:80 +1/1 +[-0] +[-0] +- +- +127.0.0.1:1\n", output);
        Assert.Contains("error: HTTPRoute test/r", output, StringComparison.Ordinal);
        (_, string json, _) = await ServalProcess.RunAsync("status", "--admin", admin, "-o", "json");
        using JsonDocument status = JsonDocument.Parse(json);
        JsonElement cluster = status.RootElement.GetProperty("clusters")[0];
        Assert.Equal("test/s:80", cluster.GetProperty("name").GetString());
        Assert.Equal("healthy", cluster.GetProperty("endpoints")[0].GetProperty("health").GetString());
    }

    [Fact]
    public async Task Status_shows_how_fast_each_cluster_answers_and_what_failed()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "s") + Objects.Rule("/down", "none"))
            + Objects.Service("s", ("127.0.0.1", upstream.Port)) + Objects.Service("none"));
        await router.GetAsync("/");
        await router.GetAsync("/down");
        string output = "";
        // A worker may not have recorded yet what its client has already read.
        for (int i = 0; !output.Contains("<", StringComparison.Ordinal) && i < 20; i++)
        {
            (_, output, _) = await ServalProcess.RunAsync(
                "status", "--admin", router.Admin.BaseAddress!.Authority);
        }
        Assert.Matches(@"test/s:80 +1/1 +1 +0 +<[0-9.]+m?s +<[0-9.]+m?s +127", output);
        Assert.Matches(@"test/none:80 +0/0 +1 +1 ", output);
    }

    [Fact]
    public async Task Status_names_an_endpoint_that_is_ejected()
    {
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "s")) + Objects.Service("s", ("127.0.0.1", Ports.Free())));
        for (int i = 0; !router.Process.LogText.Contains("is ejected", StringComparison.Ordinal); i++)
        {
            Assert.True(i < 10_000, router.Process.LogText);
            await router.GetAsync("/");
        }
        (_, string output, _) = await ServalProcess.RunAsync(
            "status", "--admin", router.Admin.BaseAddress!.Authority);
        Assert.Matches("test/s:80 +0/1 .*\\(ejected\\)", output);
    }

    [Fact]
    public async Task A_router_is_asked_without_the_proxy_that_the_environment_names()
    {
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "s")) + Objects.Service("s", ("127.0.0.1", 1)));
        await using ServalProcess status = ServalProcess.StartWith(
            new Dictionary<string, string> { ["http_proxy"] = "http://127.0.0.1:1", ["no_proxy"] = "" },
            "status", "--admin", router.Admin.BaseAddress!.Authority);
        Assert.Equal(0, await status.WaitForExitAsync());
        Assert.Equal("", status.LogText);
    }

    [Fact]
    public async Task The_difference_between_files_and_a_router_is_shown()
    {
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "s")) + Objects.Service("s", ("127.0.0.1", 1)));
        string admin = router.Admin.BaseAddress!.Authority;
        (int exitCode, string output, _) = await ServalProcess.RunAsync(
            "config", "diff", router.Folder.Root, "--admin", admin);
        Assert.Equal("no difference\n", output);
        Assert.Equal(0, exitCode);
        using Folder other = new();
        other.Write("gateway.yaml", Objects.Gateway(router.Port));
        other.Write("objects.yaml", Objects.Route("r", Objects.Rule("/api", "s"))
            + Objects.Route("new", Objects.Rule("/", "t")) + Objects.Service("s", ("127.0.0.1", 1))
            + Objects.Service("t", ("127.0.0.1", 2)));
        (exitCode, output, _) = await ServalProcess.RunAsync(
            "config", "diff", other.Root, "--admin", admin);
        Assert.Equal(1, exitCode);
        Assert.Contains("+ route test/new\n", output, StringComparison.Ordinal);
        Assert.Contains("~ route test/r\n", output, StringComparison.Ordinal);
        Assert.Contains("+ cluster test/t:80\n", output, StringComparison.Ordinal);
        Assert.Matches("    \\+ +.*\"/api\"", output);
        Assert.DoesNotContain("test/s:80\n", output, StringComparison.Ordinal);
        (exitCode, _, string errors) = await ServalProcess.RunAsync(
            "config", "diff", other.Root, "--admin", "127.0.0.1:1");
        Assert.Equal(2, exitCode);
        Assert.StartsWith("serval: 127.0.0.1:1: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_asks_a_router_and_says_with_its_exit_code_whether_anything_answers()
    {
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "s"), "a.example")
            + Objects.Service("s", ("127.0.0.1", 1)));
        string admin = router.Admin.BaseAddress!.Authority;
        (int exitCode, string output, _) = await ServalProcess.RunAsync(
            "explain", "GET", $"http://a.example:{router.Port}/", "--admin", admin);
        Assert.Equal(0, exitCode);
        Assert.Contains("HTTPRoute test/r rule 0", output, StringComparison.Ordinal);
        (exitCode, output, _) = await ServalProcess.RunAsync(
            "explain", "GET", $"http://a.exampel:{router.Port}/", "--admin", admin, "-o", "yaml");
        Assert.Equal(1, exitCode);
        Assert.Contains("isServed: false\n", output, StringComparison.Ordinal);
        Assert.Contains("- name: near\n", output, StringComparison.Ordinal);
    }
}
