using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Gateways;

/// <summary>What a gateway can do with the roles that the documentation names.</summary>
public sealed class PermissionTests
{
    [ApiTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_documented_roles_are_enough(bool mayReadSecrets)
    {
        await using Scene scene = await Scene.StartAsync(checksRoles: true);
        const string Token = "token-of-the-gateway-account";
        scene.Server.Tokens.Add((Token, ServiceAccount.User, "system:serviceaccounts"));
        await scene.Server.KillAsync();
        await scene.Server.StartServerAsync();
        await ServiceAccount.ApplyAsync(scene.Server, mayReadSecrets);
        await scene.Server.ApplyAsync(
            ObjectText.SecureGateway("secure", "default", Ports.Free(), "missing"));
        await scene.AddRouteAsync("a");
        ServalProcess router = await scene.StartRouterAsync();
        ServalProcess gateway = await scene.StartGatewayAsync(
            scene.Server.WriteKubeconfig(null, $"    token: {Token}"), [router.Admin]);
        await scene.AnswersAsync("a.example.com");
        await scene.RouteHasAsync("a", "Accepted", "True");
        await scene.GatewayHasAsync("Programmed", "True");
        Assert.DoesNotContain("cannot create", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot patch", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot update", gateway.Output, StringComparison.Ordinal);
        if (mayReadSecrets)
            Assert.DoesNotContain("Forbidden", gateway.Output, StringComparison.Ordinal);
        Assert.NotNull(await Deadline.UntilAsync(
            () => scene.GatewayAsync("secure"), found => found["status"]?["listeners"]?[0] is JsonNode));
    }
}
