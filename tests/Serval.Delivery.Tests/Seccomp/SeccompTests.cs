using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Seccomp;

public sealed class SeccompTests
{
    private static readonly Uri Route = new("/", UriKind.Relative);

    [SeccompFact]
    public async Task The_router_takes_a_configuration_routes_and_drains_under_the_profile()
    {
        using SeccompProfile profile = await SeccompProfile.CreateAsync();
        using RunningRole echo = RunningRole.Start(
            profile.Loader, [profile.List, RunningRole.Program, "echo", "--listen", "127.0.0.1:0"]);
        string upstream = await echo.FindAsync(@"echo on \S*?(127\.0\.0\.1:\d+)");
        using RouterScene scene = await RouterScene.StartAsync(
            upstream, profile.Loader, profile.List, RunningRole.Program);
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{scene.Port}") };
        for (int request = 0; request < 50; request++)
            Assert.Contains("GET", await client.GetStringAsync(Route), StringComparison.Ordinal);
        using StringContent body = new(new string('b', 200_000));
        using HttpResponseMessage mirrored = await client.PostAsync(
            new Uri("/mirror", UriKind.Relative), body);
        Assert.Equal(200_000, (await mirrored.Content.ReadAsStringAsync()).Length);
        string metrics = await scene.Admin.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains(
            "serval_exchanges_total{outcome=\"completed\"} 51", metrics, StringComparison.Ordinal);
        Assert.Equal(0, await scene.StopAsync());
    }

    [SeccompFact]
    public async Task Without_a_call_of_the_profile_the_router_does_not_start_and_names_io_uring()
    {
        using SeccompProfile profile = await SeccompProfile.CreateAsync("io_uring_setup");
        using RunningRole router = RunningRole.Start(
            profile.Loader, [profile.List, RunningRole.Program, "router", "--admin-port=0", "--workers=1"]);
        Assert.Equal(1, await router.WaitForExitAsync());
        Assert.Contains("io_uring", router.Log, StringComparison.Ordinal);
    }

    [SeccompFact]
    public async Task A_call_outside_of_the_profile_is_refused()
    {
        using SeccompProfile profile = await SeccompProfile.CreateAsync();
        foreach (string name in new[]
        {
            "mount", "ptrace", "bpf", "unshare", "setns", "keyctl", "kexec_load", "init_module", "reboot",
            "perf_event_open", "process_vm_writev", "personality", "open_by_handle_at", "chroot",
        })
        {
            Assert.DoesNotContain(name, profile.Allowed);
            string answer = (await Command.RunAsync(
                profile.Loader, profile.List, profile.Forbidden, name)).Good;
            Assert.True(answer == "EPERM\n", $"{name}: {answer}");
        }
        Assert.Equal("done\n",
            (await Command.RunAsync(profile.Loader, profile.List, profile.Forbidden, "getpid")).Good);
        Assert.Equal("ENOSYS\n",
            (await Command.RunAsync(profile.Loader, profile.List, profile.Forbidden, "clone3")).Good);
    }

    [ToolFact("jq")]
    public async Task The_profile_and_its_Talos_patch_are_what_the_lists_make()
    {
        string folder = Directory.CreateTempSubdirectory("serval-seccomp-").FullName;
        try
        {
            _ = (await Command.RunAsync(Repository.PathOf("deploy/seccomp/generate.sh"), folder)).Good;
            foreach (string file in new[] { "deploy/seccomp/serval-router.json", "talos/seccomp-edge.yaml" })
            {
                Assert.True(
                    await File.ReadAllTextAsync(Path.Combine(folder, file)) == Repository.Read(file),
                    $"{file} is not what the lists make: run deploy/seccomp/generate.sh");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [ToolFact(ChartTool.Builder)]
    public async Task Talos_gets_the_very_profile()
    {
        JsonNode patch = (await ChartTool.DocumentsAsync("talos/seccomp-edge.yaml")).Single();
        JsonNode profile = JsonNode.Parse(Repository.Read("deploy/seccomp/serval-router.json"))!;
        Assert.True(JsonNode.DeepEquals(profile, patch["machine"]!["seccompProfiles"]![0]!["value"]));
    }

    [Fact]
    public void Every_name_that_was_not_observed_has_its_reason()
    {
        string[] names = [.. Repository.Read("deploy/seccomp/extra.txt").Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')];
        Assert.NotEmpty(names);
        Assert.All(names, line => Assert.Matches("^[a-z0-9_]+ +# .+$", line));
        string[] observed = Repository.Read("deploy/seccomp/observed.txt").Split('\n');
        Assert.Empty(names.Select(line => line.Split(' ')[0]).Intersect(observed));
    }
}
