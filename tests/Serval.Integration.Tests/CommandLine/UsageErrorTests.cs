using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.CommandLine;

public sealed class UsageErrorTests
{
    [Theory]
    [InlineData("rnu", "serval: there is no verb rnu; did you mean run?")]
    [InlineData("vp", "serval: there is no verb vp; did you mean vpp?")]
    [InlineData("vpp aclz", "serval vpp: there is no verb aclz; did you mean acls?")]
    [InlineData("help rnu", "serval help: there is no verb rnu; did you mean run?")]
    [InlineData("run --wrokers 3", "serval run: there is no option --wrokers; did you mean --workers?")]
    [InlineData("run --workers abc /tmp", "serval run: --workers: abc is not a whole number")]
    [InlineData("run /tmp --trace maybe", "serval run: --trace: maybe is not one of on, off")]
    [InlineData(
        "run /tmp --log-level loud",
        "serval run: --log-level: loud is not one of trace, debug, info, warning, error, critical")]
    [InlineData(
        "run /tmp --path-policy bad", "serval run: --path-policy: bad is not one of default, strict, raw")]
    [InlineData("run /tmp --admin", "serval run: --admin needs a value: ADDR:PORT")]
    [InlineData("run a b", "serval run: b is one argument too many")]
    [InlineData("run", "serval run: Give one of PATH and --kubernetes")]
    [InlineData("validate", "serval validate: PATH is missing")]
    [InlineData("explain GET", "serval explain: URL is missing")]
    [InlineData("config", "serval config: say what to do: diff")]
    [InlineData("completion tcsh", "serval completion: SHELL: tcsh is not one of bash, zsh, fish")]
    [InlineData(
        "vpp acls list -o xml", "serval vpp acls list: --format: xml is not one of table, json, yaml")]
    public async Task A_usage_error_is_one_line_and_a_hint(string line, string expected)
    {
        (int exitCode, string output, string errors) = await ServalProcess.RunAsync(line.Split(' '));
        string verb = expected[..expected.IndexOf(':', StringComparison.Ordinal)];
        Assert.Equal($"{expected}\nTry '{verb} --help'.\n", errors);
        Assert.Equal("", output);
        Assert.Equal(2, exitCode);
    }

    [Theory]
    [InlineData("validate /does/not/exist")]
    [InlineData("run /does/not/exist")]
    [InlineData("explain GET http://a/ --config /does/not/exist")]
    [InlineData("explain GET http://a:99999/")]
    [InlineData("echo --listen nonsense")]
    [InlineData("router --admin nonsense")]
    [InlineData("router --admin-port 70000")]
    [InlineData("router --admin-port 0 --admin 127.0.0.1:0")]
    [InlineData("ready http://127.0.0.1:1 --ca-file /does/not/exist")]
    [InlineData("ready http://127.0.0.1:1 --timeout 0s")]
    [InlineData("ready http://127.0.0.1:1 --timeout 2h")]
    [InlineData("run /tmp --cpus 3-1")]
    [InlineData("run /tmp --connect-timeout 3")]
    [InlineData("run /tmp --stream-idle-timeout 0s")]
    [InlineData("run /tmp --drain-timeout -1s")]
    [InlineData("init blog=localhost")]
    [InlineData("init blog")]
    [InlineData("init blog=127.0.0.1:8000 blog=127.0.0.1:8001")]
    [InlineData("init blog=127.0.0.1:8000 --port 0")]
    [InlineData("config diff /does/not/exist")]
    [InlineData("status --interval 1")]
    public async Task Nobody_reads_names_of_types_or_a_stack(string line)
    {
        (int exitCode, _, string errors) = await ServalProcess.RunAsync(line.Split(' '));
        Assert.Equal(2, exitCode);
        Assert.NotEmpty(errors);
        Assert.True(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length <= 2, errors);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.", errors, StringComparison.Ordinal);
    }
}
