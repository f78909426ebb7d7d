using System.Net;
using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Gateways;

/// <summary>Whatever happens to the API server: the state ends where a fresh start begins.</summary>
public sealed class ConvergenceTests
{
    [ApiFact]
    public async Task A_killed_and_compacted_API_server_costs_no_request_and_no_change()
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.AddRouteAsync("a");
        await scene.AddRouteAsync("b");
        ServalProcess router = await scene.StartRouterAsync();
        ServalProcess gateway = await scene.StartGatewayAsync([router.Admin]);
        await scene.AnswersAsync("b.example.com");
        await scene.Server.KillAsync();
        Assert.Equal(HttpStatusCode.OK, await scene.AskAsync("a.example.com"));
        await scene.Server.StartServerAsync();
        await scene.DeleteRouteAsync("b");
        await scene.AddRouteAsync("c");
        await scene.Server.CompactAsync();
        await scene.Server.KillAsync();
        Assert.Equal(HttpStatusCode.OK, await scene.AskAsync("a.example.com"));
        await scene.Server.StartServerAsync();
        await scene.AnswersAsync("c.example.com");
        await scene.AnswersAsync("b.example.com", HttpStatusCode.NotFound);
        await AssertAsFreshAsync(scene, gateway);
    }

    [ApiFact]
    public async Task Objects_edited_a_hundred_times_a_second_end_as_they_were_left()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        ServalProcess gateway = await scene.StartGatewayAsync([router.Admin]);
        await Deadline.UntilAsync(router.VersionAsync, version => version.Length > 0);
        for (int round = 0; round < 20; round++)
        {
            await Parallel.ForAsync(0, 10, async (i, _) =>
                await scene.AddRouteAsync($"r{i}", $"v{round}-{i}.example.com"));
            await scene.Server.ApplyAsync(Objects.Slice(
                "shop-1", "default", "shop", Upstream.Address, round % 2 == 0 ? 1 : scene.Upstream.Port));
        }
        await scene.AnswersAsync("v19-9.example.com");
        await AssertAsFreshAsync(scene, gateway);
        for (int i = 0; i < 10; i++)
        {
            JsonNode accepted = await scene.RouteHasAsync($"r{i}", "Accepted", "True");
            long generation = (await scene.RouteAsync($"r{i}"))["metadata"]!["generation"]!.GetValue<long>();
            if (accepted["observedGeneration"]!.GetValue<long>() != generation)
            {
                await Deadline.UntilAsync(() => scene.RouteAsync($"r{i}"), route =>
                    Scene.Condition(Scene.Ours(route),
                        "Accepted")!["observedGeneration"]!.GetValue<long>() == generation);
            }
        }
    }

    [ApiFact]
    public async Task A_storm_of_429_delays_statuses_and_loses_none()
    {
        await using Scene scene = await Scene.StartAsync();
        await using ApiGate gate = await ApiGate.StartAsync(scene.Server);
        int refused = 0;
        gate.Refuse = request => request.Path.Value!.EndsWith("/status", StringComparison.Ordinal)
            && Interlocked.Increment(ref refused) <= 10
            ? new ApiGate.Refusal(429, "", 1)
            : null;
        for (int i = 0; i < 20; i++)
            await scene.AddRouteAsync($"r{i}");
        ServalProcess router = await scene.StartRouterAsync();
        await scene.StartGatewayAsync(scene.Server.Kubeconfig(gate.Address), [router.Admin]);
        for (int i = 0; i < 20; i++)
            await scene.RouteHasAsync($"r{i}", "Accepted", "True");
        await scene.AttachedAsync(20);
        Assert.True(refused > 10);
    }

    [ApiFact]
    public async Task A_status_that_someone_else_broke_is_repaired_and_a_right_one_is_not_written()
    {
        await using Scene scene = await Scene.StartAsync();
        await using ApiGate gate = await ApiGate.StartAsync(scene.Server);
        ServalProcess router = await scene.StartRouterAsync();
        await scene.AddRouteAsync("a");
        ServalProcess gateway =
            await scene.StartGatewayAsync(scene.Server.Kubeconfig(gate.Address), [router.Admin]);
        await scene.RouteHasAsync("a", "Accepted", "True");
        await scene.GatewayHasAsync("Programmed", "True");
        const string Path = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes/a/status";
        await scene.Server.SendAsync(
            HttpMethod.Patch, Path, """{"status":{"parents":[]}}""", "application/merge-patch+json");
        await scene.RouteHasAsync("a", "Accepted", "True");

        // A label of the Gateway changes nothing that its status says.
        await Deadline.UntilAsync(() => gateway.MetricAsync("serval_gateway_status_waiting"), waiting =>
            waiting == 0);
        int writes = gate.Count("/status");
        await scene.Server.SendAsync(
            HttpMethod.Patch, "/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways/edge",
            """{"metadata":{"labels":{"team":"edge"}}}""", "application/merge-patch+json");
        await scene.AddRouteAsync("b");
        await scene.RouteHasAsync("b", "Accepted", "True");
        await scene.AttachedAsync(2);
        await Deadline.UntilAsync(() => gateway.MetricAsync("serval_gateway_status_waiting"), waiting =>
            waiting == 0);
        Assert.InRange(gate.Count("/status") - writes, 2, 3);
    }

    [ApiFact]
    public async Task Hostile_objects_get_a_condition_and_harm_nobody_else()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        await scene.StartGatewayAsync([router.Admin]);
        await scene.AddRouteAsync("good");
        await scene.AnswersAsync("good.example.com");
        await scene.Server.ApplyAsync(Objects.Route("dangling", "default", "d.example.com", "nowhere"));
        await scene.Server.ApplyAsync($$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: bomb, namespace: default, annotations: {big: "{{new string('x', 250_000)}}"} }
            spec:
              parentRefs: [{name: edge}]
              hostnames: [bomb.example.com]
              rules: [{matches: [{path: {type: RegularExpression, value: "/(a+)+(b{1,999}){1,999}$"} }]}]
            """);
        await scene.Server.ApplyAsync(Objects.Gateway("clash", "default", "serval", scene.Port));
        Assert.Equal("BackendNotFound",
            (await scene.RouteHasAsync("dangling", "ResolvedRefs", "False"))["reason"]!.GetValue<string>());
        await Deadline.UntilAsync(() => scene.RouteAsync("bomb"),
            route => Scene.Condition(Scene.Ours(route), "Accepted") is not null);
        await Deadline.UntilAsync(() => scene.GatewayAsync("clash"),
            gateway => gateway["status"]?["listeners"]?[0] is { } listener
                && Scene.Condition(listener, "Accepted") is not null);
        await scene.AddRouteAsync("after");
        await scene.AnswersAsync("after.example.com");
        Assert.Equal(HttpStatusCode.OK, await scene.AskAsync("good.example.com"));
    }

    private static async Task AssertAsFreshAsync(Scene scene, ServalProcess gateway)
    {
        ServalProcess fresh = await scene.StartGatewayAsync(
            [], "--lease-name", "fresh", "--router-service", "default/none");
        await Deadline.UntilAsync(
            async () => (await gateway.VersionAsync(), await fresh.VersionAsync()),
            versions => versions.Item1 == versions.Item2 && versions.Item1.Length > 0);
        Assert.True(JsonNode.DeepEquals(await gateway.GetAsync("/config"), await fresh.GetAsync("/config")));
    }
}
