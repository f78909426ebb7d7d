using System.Diagnostics;
using System.Text.Json;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.CommandLine;

public sealed class ToolTests
{
    [Fact]
    public async Task The_version_is_told_in_three_forms()
    {
        (_, string table, _) = await ServalProcess.RunAsync("version");
        Assert.StartsWith("serval ", table, StringComparison.Ordinal);
        (_, string json, _) = await ServalProcess.RunAsync("version", "-o", "json");
        using JsonDocument values = JsonDocument.Parse(json);
        string version = values.RootElement.GetProperty("version").GetString()!;
        Assert.Contains(version, table, StringComparison.Ordinal);
        (_, string yaml, _) = await ServalProcess.RunAsync("version", "-o", "yaml");
        Assert.Contains($"version: \"{version}\"\n", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_for_a_verb_is_its_help()
    {
        (_, string asked, _) = await ServalProcess.RunAsync("help", "vpp", "acls");
        (_, string own, _) = await ServalProcess.RunAsync("vpp", "acls", "--help");
        Assert.Equal(own, asked);
        (int exitCode, string nothing, _) = await ServalProcess.RunAsync();
        Assert.Equal(0, exitCode);
        Assert.Equal((await ServalProcess.RunAsync("--help")).Output, nothing);
    }

    [Fact]
    public async Task A_first_site_is_written_valid_and_never_over_another()
    {
        using Folder folder = new();
        string site = Path.Combine(folder.Root, "site");
        string[] line = ["init", "blog=127.0.0.1:8000", "blog=127.0.0.2:8000", "shop.example.com=[::1]:9000",
            "--dir", site, "--port", "8081"];
        (int exitCode, string output, string errors) = await ServalProcess.RunAsync(line);
        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        Assert.Contains("curl http://blog.localhost:8081/", output, StringComparison.Ordinal);
        (exitCode, output, _) = await ServalProcess.RunAsync("validate", site, "--strict");
        Assert.Equal("1 listener, 2 routes, 2 clusters: 0 errors, 0 warnings\n", output);
        Assert.Equal(0, exitCode);
        (_, output, _) = await ServalProcess.RunAsync(
            "explain", "GET", "http://blog.localhost:8081/", "--config", site);
        Assert.Contains("127.0.0.1:8000 127.0.0.2:8000", output, StringComparison.Ordinal);
        (exitCode, _, errors) = await ServalProcess.RunAsync(line);
        Assert.Equal(1, exitCode);
        Assert.Contains("gateway.yaml is there already", errors, StringComparison.Ordinal);
        File.Delete(Path.Combine(site, "gateway.yaml"));
        (exitCode, _, errors) = await ServalProcess.RunAsync(line);
        Assert.Equal(1, exitCode);
        Assert.Contains("blog.yaml is there already", errors, StringComparison.Ordinal);
        (exitCode, _, errors) = await ServalProcess.RunAsync([.. line, "--force"]);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(0, (await ServalProcess.RunAsync("validate", site, "--strict")).ExitCode);
    }

    [Fact]
    public async Task A_first_site_may_be_called_gateway()
    {
        using Folder folder = new();
        string site = Path.Combine(folder.Root, "site");
        (int exitCode, _, string errors) = await ServalProcess.RunAsync(
            "init", "gateway=127.0.0.1:8000", "blog=127.0.0.1:8001", "--dir", site);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(
            "1 listener, 2 routes, 2 clusters: 0 errors, 0 warnings\n",
            (await ServalProcess.RunAsync("validate", site)).Output);
    }

    [Fact]
    public async Task Manual_pages_are_made_of_the_command_tree_and_roff_reads_them()
    {
        using Folder folder = new();
        (int exitCode, _, string errors) = await ServalProcess.RunAsync("man", folder.Root);
        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        string[] pages = Directory.GetFiles(folder.Root);
        Assert.Contains(Path.Combine(folder.Root, "serval-vpp-acls.1"), pages);
        string run = await File.ReadAllTextAsync(
            Path.Combine(folder.Root, "serval-run.1"), Deadline.Token());
        Assert.Contains(
            ".B \\-\\-drain\\-timeout DURATION\nHow long open exchanges may take to finish after SIGTERM "
            + "(default: 30s)\n", run, StringComparison.Ordinal);
        // Of an option without a default, and of one whose default would name this machine.
        Assert.Contains("such as 2,4\\-7; all usable ones when absent\n", run, StringComparison.Ordinal);
        Assert.Contains("the pod's name and UID by default\n", run, StringComparison.Ordinal);
        (_, string output, string warnings) = await RunAsync("groff", ["-man", "-Tutf8", "-ww", .. pages]);
        Assert.Equal("", warnings);
        Assert.Contains("SERVAL-EXPLAIN(1)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serval ru", "run")]
    [InlineData("serval vpp ac", "acls")]
    [InlineData("serval run --adm", "--admin")]
    [InlineData("serval run --log-level deb", "debug")]
    [InlineData("serval completion ", "bash fish zsh")]
    [InlineData("serval status --watch ", "")]
    public async Task Bash_completes_words(string line, string expected)
    {
        (_, string script, _) = await ServalProcess.RunAsync("completion", "bash");
        string folder = Path.GetDirectoryName(ServalProcess.Program)!;
        string[] words = line.Split(' ');
        string program = $"""
            PATH={folder}:$PATH
            {script}
            COMP_LINE='{line}' COMP_POINT={line.Length} COMP_CWORD={words.Length - 1}
            COMP_WORDS=({string.Join(' ', words.Select(word => $"'{word}'"))})
            _serval
            echo "${"{COMPREPLY[*]}"}"
            """;
        (_, string output, string errors) = await RunAsync("bash", ["--norc", "-c", program]);
        Assert.Equal("", errors);
        Assert.Equal(expected, output.TrimEnd());
    }

    // The line editor is not there: what it would be given, and told, is set and printed.
    [ShellTheory("zsh")]
    [InlineData("serval ru", "run")]
    [InlineData("serval run --adm", "--admin")]
    [InlineData("serval completion ", "bash fish zsh")]
    [InlineData("serval status --watch ", "(files)")]
    [InlineData("serval validate /no-such-fil", "(files)")]
    public async Task Zsh_completes_words_and_else_files(string line, string expected)
    {
        (_, string script, _) = await ServalProcess.RunAsync("completion", "zsh");
        string program = $$"""
            PATH={{Path.GetDirectoryName(ServalProcess.Program)}}:$PATH
            compdef() { }
            compadd() { local -a fit=(${(M)found:#$PREFIX*}); print -- $fit; (( $#fit )) }
            _files() { print '(files)' }
            {{script}}
            LBUFFER='{{line}}' PREFIX='{{line[(line.LastIndexOf(' ') + 1)..]}}'
            _serval
            """;
        (_, string output, string errors) = await RunAsync("zsh", ["-f", "-c", program]);
        Assert.Equal("", errors);
        Assert.Equal(expected, output.Trim());
    }

    [ShellTheory("fish")]
    [InlineData("serval ru", "run")]
    [InlineData("serval run --adm", "--admin")]
    [InlineData("serval completion ", "bash fish zsh")]
    [InlineData("serval validate FOLDER/a", "FOLDER/a.yaml")]
    [InlineData("serval run FOLDER/a", "FOLDER/a.yaml")]
    public async Task Fish_completes_words_and_else_files(string line, string expected)
    {
        using Folder folder = new();
        folder.Write("a.yaml", "");
        (_, string script, _) = await ServalProcess.RunAsync("completion", "fish");
        string program = $"""
            set -x PATH {Path.GetDirectoryName(ServalProcess.Program)} $PATH
            {script}
            complete -C '{line.Replace("FOLDER", folder.Root, StringComparison.Ordinal)}'
            """;
        (_, string output, string errors) = await RunAsync("fish", ["--no-config", "-c", program]);
        Assert.Equal("", errors);
        Assert.Equal(
            expected.Replace("FOLDER", folder.Root, StringComparison.Ordinal),
            string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task The_standard_input_and_several_paths_are_one_configuration()
    {
        using Folder folder = new();
        folder.Write("gateway.txt", Objects.Gateway(8080));
        (int exitCode, string output, _) = await ServalProcess.RunWithInputAsync(
            Objects.Route("r", Objects.Rule("/", "s")) + Objects.Service("s", ("127.0.0.1", 1)),
            "validate", Path.Combine(folder.Root, "gateway.txt"), "-");
        Assert.Equal("1 listener, 1 route, 1 cluster: 0 errors, 0 warnings\n", output);
        Assert.Equal(0, exitCode);
        (exitCode, output, _) = await ServalProcess.RunWithInputAsync(
            "kind: [\n", "validate", "-", folder.Root);
        Assert.Equal(1, exitCode);
        Assert.Contains("error: standard-input.yaml:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strict_lets_warnings_fail()
    {
        using Folder folder = new();
        folder.Write("a.yaml", Objects.Gateway(8080).Replace(
            "gatewayClassName: serval", "gatewayClassName: serval\n  colour: red", StringComparison.Ordinal));
        (int exitCode, string output, _) = await ServalProcess.RunAsync("validate", folder.Root);
        Assert.Contains("warning: ", output, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
        (exitCode, _, _) = await ServalProcess.RunAsync("validate", folder.Root, "--strict");
        Assert.Equal(1, exitCode);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(Deadline.Token());
        return (process.ExitCode, await output, await errors);
    }
}
