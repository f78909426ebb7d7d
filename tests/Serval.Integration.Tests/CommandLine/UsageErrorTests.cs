using System.Net;
using System.Net.Sockets;
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
    [InlineData("run", "serval run: Give either PATH or --kubernetes")]
    [InlineData("validate", "serval validate: PATH is missing")]
    [InlineData("explain GET", "serval explain: URL is missing")]
    [InlineData("config", "serval config: say what to do: diff")]
    [InlineData("completion tcsh", "serval completion: SHELL: tcsh is not one of bash, zsh, fish")]
    [InlineData(
        "vpp tunnels add-peer a --public-key k --keepalive 25",
        "serval vpp tunnels add-peer: --keepalive: 25 is not a duration, such as 500ms, 3s or 1h30m")]
    [InlineData(
        "vpp tunnels add-peer a --public-key k --keepalive 65536s",
        "serval vpp tunnels add-peer: --keepalive must be from 0s to 18h12m15s; 65536s is not")]
    [InlineData(
        "vpp tunnels add-peer a --public-key k --keepalive 1500ms",
        "serval vpp tunnels add-peer: --keepalive must be a multiple of 1s; 1500ms is not")]
    [InlineData(
        "gateway --data-plane-url http://127.0.0.1:1 --lease-duration 1500ms",
        "serval gateway: --lease-duration must be a multiple of 1s; 1500ms is not")]
    [InlineData("check site", "serval: there is no verb check; serval validate does that")]
    [InlineData("top", "serval: there is no verb top; serval status --watch does that")]
    [InlineData("metrics", "serval: there is no verb metrics; GET /metrics of the admin API has them")]
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

    [Fact]
    public async Task What_keeps_a_role_from_starting_is_said_once_and_without_a_stack()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        using Folder folder = new();
        folder.Write("a.yaml", Objects.Gateway(Ports.Free()));
        (int exitCode, _, string errors) = await ServalProcess.RunAsync(
            "run", folder.Root, "--workers", "1", "--admin", taken.LocalEndpoint.ToString()!);
        Assert.Equal(1, exitCode);
        Assert.Single(
            errors.Split('\n'), line => line.Contains("cannot listen on", StringComparison.Ordinal));
        Assert.Contains(
            $"cannot start: the admin API cannot listen on {taken.LocalEndpoint}", errors,
            StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_router_that_does_not_know_where_the_API_server_is_does_not_start()
    {
        (int exitCode, _, string errors) = await ServalProcess.RunAsync(
            "run", "--kubernetes", "--kubeconfig", "/does/not/exist", "--workers", "1",
            "--admin", "127.0.0.1:0");
        Assert.Equal(1, exitCode);
        Assert.Contains(
            "cannot start: kubeconfig file not found at /does/not/exist", errors, StringComparison.Ordinal);
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
    [InlineData("ready http://127.0.0.1:1 --ca-file /dev/null")]
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
    [InlineData("init blog=127.0.0.1:8000 blog=[::1]:8000")]
    [InlineData("init blog=127.0.0.1:0")]
    [InlineData("init 1blog=127.0.0.1:8000")]
    [InlineData("init a.example=127.0.0.1:8000 a-example=127.0.0.1:8000")]
    [InlineData("init a..example=127.0.0.1:8000")]
    [InlineData("init a.-b.example=127.0.0.1:8000")]
    [InlineData("init a123456789b123456789c123456789d123456789e123456789f123456789g123=127.0.0.1:8000")]
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
