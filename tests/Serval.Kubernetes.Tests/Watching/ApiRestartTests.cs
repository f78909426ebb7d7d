using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Watching;

/// <summary>What an API server goes through; each test has its own.</summary>
public sealed class ApiRestartTests
{
    private const string Routes = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes";

    [ApiFact]
    public async Task A_killed_server_whose_history_was_compacted_is_caught_up_with()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await using ApiGate gate = await ApiGate.StartAsync(server);
        await server.ApplyAsync(Route("kept"));
        await server.ApplyAsync(Route("gone"));
        await using Mirror mirror = new(server.Kubeconfig(gate.Address), Groups.Gateway, Kinds.HttpRoute);
        await mirror.SyncedAsync();

        gate.Refuse = _ => new ApiGate.Refusal(503);
        await server.KillAsync();
        await server.StartServerAsync();
        await server.DeleteAsync($"{Routes}/gone");
        await server.ApplyAsync(Route("new"));
        await server.CompactAsync();
        await server.KillAsync();
        await server.StartServerAsync();
        Assert.Equal(["default/gone", "default/kept"], mirror.Names);
        gate.Refuse = _ => null;

        await mirror.SeesAsync("default/kept", "default/new");
        Assert.Equal(["default/gone"], mirror.Deleted);
        await using Mirror fresh = new(server.Kubeconfig(), Groups.Gateway, Kinds.HttpRoute);
        await fresh.SyncedAsync();
        await Deadline.UntilAsync(() => mirror.Seen, seen => seen == fresh.Seen);
    }

    [ApiFact]
    public async Task A_rotated_token_is_read_again_and_a_revoked_one_removes_nothing()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        server.Tokens.Add(("first-token-of-serval", "serval", "system:masters"));
        await server.KillAsync();
        await server.StartServerAsync();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("serval-account-");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "ca.crt"), server.Authority.Pem);
        string token = Path.Combine(folder.FullName, "token");
        await File.WriteAllTextAsync(token, "first-token-of-serval\n");
        await server.ApplyAsync(Route("a"));
        ApiClient api = new(ApiConnection.OfServiceAccount(server.Address, folder.FullName),
            TimeProvider.System);
        await using Mirror mirror = new(api, Groups.Gateway, Kinds.HttpRoute);
        await mirror.SyncedAsync();

        server.Tokens[1] = ("second-token-of-serval", "serval", "system:masters");
        await server.KillAsync();
        await server.StartServerAsync();
        long failures = mirror.Reflector.Failures;
        await Deadline.UntilAsync(() => mirror.Reflector.Failures, now => now > failures);
        Assert.Equal(["default/a"], mirror.Names);
        await File.WriteAllTextAsync(token, "second-token-of-serval\n");
        await server.ApplyAsync(Route("b"));
        await mirror.SeesAsync("default/a", "default/b");
        folder.Delete(recursive: true);
    }

    [ApiFact]
    public async Task A_server_that_does_not_know_routes_yet_is_not_a_cluster_without_routes()
    {
        await using ApiServer server = await ApiServer.StartAsync(hasDefinitions: false);
        await using Mirror mirror = new(server.Kubeconfig(), Groups.Gateway, Kinds.HttpRoute);
        await Deadline.UntilAsync(() => mirror.Reflector.Failures, failures => failures >= 5);
        Assert.False(mirror.Reflector.HasSynced);
        await Definitions.ApplyAsync(server);
        await mirror.SyncedAsync();
    }

    [ApiFact]
    public async Task A_kubeconfig_may_hold_a_token_or_an_exec_plug_in()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await server.ApplyAsync(Route("a"));
        string token = server.Tokens[0].Token;
        string plugIn = Path.Combine(Path.GetTempPath(), $"serval-plug-in-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(plugIn, $$$"""
            #!/bin/sh
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
            echo '"status":{"token":"{{{token}}}"}}'
            """);
        File.SetUnixFileMode(
            plugIn, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string exec = server.WriteKubeconfig(null, $$"""
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: {{plugIn}}
                  interactiveMode: Never
            """);
        foreach (string kubeconfig in new[] { server.WriteKubeconfig(null, $"    token: {token}"), exec })
        {
            await using Mirror mirror = new(kubeconfig, Groups.Gateway, Kinds.HttpRoute);
            await mirror.SeesAsync("default/a");
        }
        File.Delete(plugIn);
    }

    private static string Route(string name) => Objects.Route(name, "default", "a.example.com", "shop");
}
