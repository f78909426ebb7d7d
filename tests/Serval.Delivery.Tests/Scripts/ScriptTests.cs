using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Scripts;

public sealed class ScriptTests
{
    [ToolFact("shellcheck")]
    public async Task Shellcheck_finds_nothing()
    {
        string[] scripts = [.. Scripts()];
        Assert.Contains("deploy/k3d-setup.sh", scripts);
        Assert.Contains(".ci/run", scripts);
        Answer answer = await Command.RunAsync("shellcheck", ["-x", .. scripts]);
        Assert.Equal("", answer.Output);
        Assert.Equal(0, answer.ExitCode);
    }

    [Theory]
    [InlineData("deploy/k3d-setup.sh", "docker k3d kubectl")]
    [InlineData("deploy/k3d-build-images.sh", "docker k3d")]
    [InlineData("deploy/k3d-test.sh", "kubectl")]
    [InlineData("deploy/k3d-delete.sh", "k3d")]
    public async Task A_script_names_every_tool_that_is_missing_before_it_does_anything(
        string script, string tools)
    {
        using ToolFolder path = new("dirname", "basename", "openssl", "curl", "base64");
        Answer answer = await path.RunAsync(script);
        Assert.Equal(1, answer.ExitCode);
        Assert.Equal("", answer.Output);
        Assert.Contains(
            $"{Path.GetFileName(script)} needs {tools}", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_stops_at_the_first_command_that_fails_and_names_it()
    {
        using ToolFolder path = new("dirname", "basename", "openssl");
        path.Write("docker", "exit 0");
        path.Write("kubectl", "exit 0");
        path.Write("k3d", "exit 3");
        Answer answer = await path.RunAsync("deploy/k3d-setup.sh");
        Assert.Equal(3, answer.ExitCode);
        Assert.Contains("k3d-setup.sh: failed in line", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("k3d cluster create", answer.Errors, StringComparison.Ordinal);
        Assert.Equal("== cluster serval\n", answer.Output);
    }

    [Fact]
    public async Task The_cluster_has_the_nodes_and_ports_of_the_order()
    {
        using ToolFolder path = new("dirname", "basename", "openssl", "cat");
        string log = path.PathOf("log");
        foreach (string tool in new[] { "docker", "kubectl", "k3d" })
            path.Write(tool, $"echo {tool} \"$@\" >>{log}");
        Answer answer = await path.RunAsync("deploy/k3d-setup.sh");
        Assert.Equal("", answer.Errors);
        string calls = await File.ReadAllTextAsync(log);
        foreach (string expected in new[]
        {
            "--servers 1 --agents 4", "serval.dev/role=edge@agent:0", "serval.dev/role=edge@agent:1",
            "serval.dev/role=internal@agent:2", "serval.dev/role=internal@agent:3",
            "--port 30080:80@agent:0:direct --port 30901:9901@agent:0:direct",
            "--port 30180:80@agent:1:direct --port 30902:9901@agent:1:direct",
            "kubectl taint node k3d-serval-agent-0 serval.dev/edge=true:NoSchedule",
            "kubectl taint node k3d-serval-agent-1 serval.dev/edge=true:NoSchedule",
            "docker build -f deploy/images/serval.Containerfile -t localhost/serval:0.1.0 .",
            "k3d image import localhost/serval:0.1.0 -c serval",
            "kubectl apply -f examples/gateway/k8s/router-daemonset.yaml",
        })
            Assert.Contains(expected, calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_is_repeated_only_if_what_goes_into_the_program_has_changed()
    {
        using ToolFolder path = new("cat", "cp", "cut", "dirname", "du", "find", "git", "ln", "mkdir", "rm",
            "sort", "sha256sum", "uname", "xargs");
        string tree = path.PathOf("tree");
        foreach (string folder in new[] { "scripts", "src", "proto", "native/processor" })
            Directory.CreateDirectory(Path.Combine(tree, folder));
        File.Copy(Repository.PathOf("scripts/build.sh"), Path.Combine(tree, "scripts/build.sh"));
        string[] files = ["src/a.cs", "Directory.Build.props", "global.json", "BannedSymbols.txt"];
        foreach (string file in files)
            await File.WriteAllTextAsync(Path.Combine(tree, file), "");
        await File.WriteAllTextAsync(Path.Combine(tree, "scripts/install-packages.sh"), "#!/bin/sh\n");
        File.SetUnixFileMode(Path.Combine(tree, "scripts/install-packages.sh"), (UnixFileMode)0b111_101_101);
        path.Write("dotnet", """
            [ "$1" = --version ] && echo 10.0.0 && exit
            out=$(echo "$*" | cut -d' ' -f6)
            mkdir -p "$out" src/Serval/obj
            : >src/Serval/obj/project.assets.json
            ln -sf "$(command -v cat)" "$out/serval"
            echo published
            """);

        async Task<string> BuildAsync()
        {
            Answer answer = await Command.RunAsync(
                path.PathOf("bash"), [Path.Combine(tree, "scripts/build.sh")], input: null,
                new Dictionary<string, string?> { ["PATH"] = Path.GetDirectoryName(path.PathOf("bash")) });
            Assert.Equal((0, ""), (answer.ExitCode, answer.Errors));
            return answer.Output;
        }
        string first = await BuildAsync();
        Assert.StartsWith("building serval for linux-", first, StringComparison.Ordinal);
        Assert.Contains("published", first, StringComparison.Ordinal);
        Assert.Equal("out/serval is up to date\n", await BuildAsync());
        await File.WriteAllTextAsync(Path.Combine(tree, "src/a.cs"), "// changed");
        Assert.Contains("published", await BuildAsync(), StringComparison.Ordinal);
    }

    /// <summary>Every file that a shell runs.</summary>
    private static IEnumerable<string> Scripts() =>
        new[] { "deploy", "scripts", "bench", ".ci", "tests" }
            .SelectMany(folder => Repository.Files(folder, "*"))
            .Where(file => Path.GetExtension(file) == ".sh" || IsShell(file));

    private static bool IsShell(string file) => Path.GetExtension(file).Length == 0
        && File.ReadLines(Repository.PathOf(file)).FirstOrDefault() is "#!/bin/sh" or "#!/usr/bin/env bash";
}
