using System.Net;
using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Gateways;

/// <summary>ListenerPolicies of a real API server, which has the chart's definition.</summary>
public sealed class PolicyTests
{
    private const string Policies = "/apis/serval.dev/v1alpha1/namespaces/default/listenerpolicies";

    [ApiFact]
    public async Task A_policy_decides_about_paths_of_its_target_while_it_exists()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        await scene.StartGatewayAsync([router.Admin]);
        await scene.AddRouteAsync("a");
        await scene.AnswersAsync("a.example.com");
        Assert.Equal(HttpStatusCode.OK, await scene.AskAsync("a.example.com", "//x"));
        await scene.Server.ApplyAsync(Policy("strict", "edge", "Strict"));
        await scene.Server.ApplyAsync(Policy("lost", "missing", "Raw"));
        await Deadline.UntilAsync(
            () => scene.AskAsync("a.example.com", "//x"), status => status == HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, await scene.AskAsync("a.example.com", "/x"));
        Assert.Equal("Accepted", await ReasonAsync(scene, "strict"));
        Assert.Equal("TargetNotFound", await ReasonAsync(scene, "lost"));

        await scene.Server.DeleteAsync($"{Policies}/strict");
        await Deadline.UntilAsync(
            () => scene.AskAsync("a.example.com", "//x"), status => status == HttpStatusCode.OK);
    }

    [ApiFact]
    public async Task The_API_server_refuses_policies_that_make_no_sense()
    {
        await using Scene scene = await Scene.StartAsync();
        foreach (string policy in (string[])
            [Policy("value", "edge", "Lenient"), Policy("kind", "edge", "Raw", kind: "HTTPRoute")])
        {
            (HttpStatusCode status, _) = await scene.Server.TrySendAsync(
                HttpMethod.Post, Policies, policy, "application/yaml");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        }
    }

    private static async Task<string> ReasonAsync(Scene scene, string name)
    {
        JsonNode policy = await Deadline.UntilAsync(
            () => scene.Server.GetAsync($"{Policies}/{name}"),
            found => found["status"]?["ancestors"] is JsonArray { Count: 1 });
        JsonNode ancestor = policy["status"]!["ancestors"]![0]!;
        Assert.Equal("serval.dev/gateway-controller", ancestor["controllerName"]!.GetValue<string>());
        return Scene.Condition(ancestor, "Accepted")!["reason"]!.GetValue<string>();
    }

    private static string Policy(string name, string gateway, string paths, string kind = "Gateway") => $$"""
        apiVersion: serval.dev/v1alpha1
        kind: ListenerPolicy
        metadata: {name: {{name}}, namespace: default}
        spec:
          pathPolicy: {{paths}}
          targetRefs: [{group: gateway.networking.k8s.io, kind: {{kind}}, name: {{gateway}}}]
        """;
}
