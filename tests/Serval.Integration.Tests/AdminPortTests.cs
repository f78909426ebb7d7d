using Serval.CommandLine;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class AdminPortTests
{
    [Fact]
    public async Task Without_credentials_the_admin_port_is_on_loopback_only()
    {
        using Folder state = new();
        await using ServalProcess router = Start(state);
        await router.WaitForLineAsync(@"admin API on http://127\.0\.0\.1:\d+");
    }

    [Fact]
    public async Task With_a_token_the_admin_port_is_on_every_address()
    {
        using Folder state = new();
        state.Write("token", "0123456789abcdef\n");
        await using ServalProcess router = Start(
            state, "--admin-token-file", Path.Combine(state.Root, "token"));
        string port = (await router.WaitForLineAsync(
            @"admin API on http://(\[::\]|0\.0\.0\.0):(\d+)")).Groups[2].Value;
        (int exitCode, _, string errors) = await ServalProcess.RunAsync(
            "status", "--admin", $"127.0.0.1:{port}");
        Assert.Equal(1, exitCode);
        Assert.Contains("answered 401: ", errors, StringComparison.Ordinal);
        Assert.Contains("--admin-token-file FILE presents a token", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_client_certificates_the_admin_port_is_on_every_address()
    {
        using Folder state = new();
        using Authority authority = new(state.Root, "authority");
        (string certificate, string key) = authority.IssueBoth("router");
        await using ServalProcess router = Start(
            state, "--admin-tls-cert", certificate, "--admin-tls-key", key,
            "--admin-tls-client-ca", authority.File);
        await router.WaitForLineAsync(@"admin API on https://(\[::\]|0\.0\.0\.0):\d+");
    }

    [Fact]
    public async Task Ready_fails_until_the_router_has_a_configuration()
    {
        using Folder state = new();
        await using ServalProcess empty = Start(state);
        (int exitCode, _, string errors) = await ServalProcess.RunAsync("ready", await AdminOfAsync(empty));
        Assert.Equal(1, exitCode);
        Assert.Contains("is not ready, it answered 503: no configuration", errors, StringComparison.Ordinal);

        (exitCode, _, _) = await ServalProcess.RunAsync("ready", "--live", await AdminOfAsync(empty));
        Assert.Equal(0, exitCode);
        (exitCode, string status, _) = await ServalProcess.RunAsync(
            "status", "--admin", await AdminOfAsync(empty));
        Assert.Contains("no configuration", status, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);

        using Folder objects = new();
        objects.Write("a.yaml", Objects.Gateway(Ports.Free()));
        await using ServalProcess full = ServalProcess.Start(
            "run", objects.Root, "--admin", "127.0.0.1:0", "--workers", "1");
        await full.WaitForLineAsync("Snapshot .* is live");
        string address = await AdminOfAsync(full);
        Assert.Equal((0, $"{address} is ready\n", ""), await ServalProcess.RunAsync("ready", address));
        (exitCode, _, _) = await ServalProcess.RunAsync("ready", await AdminOfAsync(empty), address);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task A_gateway_without_an_API_server_lives_is_not_ready_and_ends_well()
    {
        using Folder folder = new();
        folder.Write("config", Objects.UnreachableCluster);
        await using ServalProcess gateway = ServalProcess.Start(
            "gateway", "--kubeconfig", Path.Combine(folder.Root, "config"), "--admin", "127.0.0.1:0",
            "--data-plane-url", "http://127.0.0.1:1");
        string address = await AdminOfAsync(gateway);
        Assert.Equal(0, (await ServalProcess.RunAsync("ready", "--live", address)).ExitCode);
        (int exitCode, _, string errors) = await ServalProcess.RunAsync("ready", address);
        Assert.Equal(1, exitCode);
        Assert.Contains("answered 503: no configuration is live yet", errors, StringComparison.Ordinal);
        gateway.Terminate();
        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task Egress_says_that_it_carries_no_traffic_and_does_not_start()
    {
        (int exitCode, _, string errors) = await ServalProcess.RunAsync("egress");
        Assert.Equal(1, exitCode);
        Assert.Contains(EgressVerb.Refusal.Split('\n')[0], errors, StringComparison.Ordinal);
    }

    private static ServalProcess Start(Folder state, params string[] arguments) => ServalProcess.Start(
        ["router", "--admin-port=0", "--workers=1", "--state-dir", state.Root, .. arguments]);

    private static async Task<string> AdminOfAsync(ServalProcess process) =>
        (await process.WaitForLineAsync(@"admin API on (\S+)")).Groups[1].Value;
}
