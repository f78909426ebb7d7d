using System.Net;
using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Gateways;

/// <summary>Two gateways before one router.</summary>
public sealed class ReplicaTests
{
    [ApiFact]
    public async Task A_killed_leader_is_replaced_and_traffic_notices_nothing()
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.AddRouteAsync("a");
        ServalProcess router = await scene.StartRouterAsync();
        ServalProcess first = await scene.StartGatewayAsync([router.Admin], "--identity", "first");
        await scene.AnswersAsync("a.example.com");
        ServalProcess second = await scene.StartGatewayAsync([router.Admin], "--identity", "second");
        await Deadline.UntilAsync(second.VersionAsync, version => version.Length > 0);
        Assert.Equal("first", (await second.GetAsync("/routers"))!["leader"]!.GetValue<string>());

        using CancellationTokenSource stop = new();
        Task<int> failures = AskUntilAsync(scene, "a.example.com", stop.Token);
        first.Kill();
        // Before anyone leads again: a replica that does not lead pushes once the router has lagged for a
        // while.
        await scene.AddRouteAsync("b");
        await scene.AnswersAsync("b.example.com");
        await Deadline.UntilAsync(() => second.GetAsync("/routers"),
            routers => routers!["isLeader"]!.GetValue<bool>());
        await scene.RouteHasAsync("b", "Accepted", "True");
        await scene.AttachedAsync(2);
        await scene.AddRouteAsync("c");
        await scene.AnswersAsync("c.example.com");
        await stop.CancelAsync();
        Assert.Equal(0, await failures);
        Assert.Equal(0, await second.MetricAsync("serval_gateway_routers_failing"));
    }

    [ApiFact]
    public async Task An_old_leader_that_wakes_up_overwrites_nothing()
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.AddRouteAsync("a");
        ServalProcess router = await scene.StartRouterAsync();
        ServalProcess old = await scene.StartGatewayAsync([router.Admin], "--identity", "old");
        await scene.AnswersAsync("a.example.com");
        await Deadline.UntilAsync(() => old.GetAsync("/routers"), routers =>
            routers!["isLeader"]!.GetValue<bool>());
        old.Freeze();
        ServalProcess successor = await scene.StartGatewayAsync([router.Admin], "--identity", "new");
        await Deadline.UntilAsync(() => successor.GetAsync("/routers"),
            routers => routers!["isLeader"]!.GetValue<bool>());
        await scene.AddRouteAsync("b");
        await scene.AnswersAsync("b.example.com");
        old.Thaw();
        await Deadline.UntilAsync(() => old.GetAsync("/routers"), routers =>
            !routers!["isLeader"]!.GetValue<bool>());
        await Deadline.UntilAsync(
            async () => (await old.VersionAsync(), await successor.VersionAsync(),
                await router.VersionAsync()),
            versions => versions.Item1 == versions.Item2 && versions.Item2 == versions.Item3);
        Assert.Equal(HttpStatusCode.OK, await scene.AskAsync("b.example.com"));
    }

    [ApiFact]
    public async Task A_gateway_that_starts_anew_writes_no_status_that_is_right_already()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        const int Routes = 30;
        for (int i = 0; i < Routes; i++)
            await scene.AddRouteAsync($"r{i}");
        ServalProcess first = await scene.StartGatewayAsync([router.Admin]);
        await scene.AttachedAsync(Routes);
        await scene.GatewayHasAsync("Programmed", "True");
        await SettledAsync(first);
        Assert.InRange(await WritesAsync(first), Routes + 2, long.MaxValue);
        first.Kill();

        ServalProcess second = await scene.StartGatewayAsync([router.Admin]);
        await SettledAsync(second);
        Assert.Equal(0, await WritesAsync(second));
        await scene.AddRouteAsync("z");
        await scene.RouteHasAsync("z", "Accepted", "True");
        await scene.AttachedAsync(Routes + 1);
        await SettledAsync(second);
        Assert.Equal(2, await WritesAsync(second));
    }

    private static Task<double> WritesAsync(ServalProcess gateway) =>
        gateway.MetricAsync("serval_gateway_status_writes_total");

    // Nobody writes before there is a leader, and then every object waits to be looked at.
    private static Task SettledAsync(ServalProcess gateway) => Deadline.UntilAsync(
        async () => await gateway.MetricAsync("serval_gateway_leader") == 1
            && await gateway.MetricAsync("serval_gateway_status_waiting") == 0,
        isSettled => isSettled);

    [ApiFact]
    public async Task Another_controller_beside_us_keeps_its_objects_and_its_entries()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        await scene.Server.ApplyAsync(Objects.Class("theirs", "other.example/controller"));
        await scene.Server.ApplyAsync(Objects.Gateway("foreign", "default", "theirs", Ports.Free()));
        await scene.AddRouteAsync("a");
        const string Status = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes/a/status";
        await scene.Server.SendAsync(HttpMethod.Patch, Status, """
            {"status":{"parents":[{"parentRef":{"name":"foreign"},"controllerName":"other.example/controller",
              "conditions":[{"type":"Accepted","status":"True","reason":"Accepted","message":"theirs",
                "lastTransitionTime":"2026-01-01T00:00:00Z"}]}]}}
            """, "application/merge-patch+json");
        await scene.StartGatewayAsync([router.Admin]);
        await scene.RouteHasAsync("a", "Accepted", "True");
        Assert.Equal(2, (await scene.RouteAsync("a"))["status"]!["parents"]!.AsArray().Count);

        // The route leaves our Gateway: our entry goes, theirs stays.
        await scene.Server.ApplyAsync(Objects.Route("a", "default", "a.example.com", "shop", "foreign"));
        JsonNode left = await Deadline.UntilAsync(
            () => scene.RouteAsync("a"), route => route["status"]!["parents"]!.AsArray().Count == 1);
        Assert.Equal("theirs",
            left["status"]!["parents"]![0]!["conditions"]![0]!["message"]!.GetValue<string>());
        JsonNode foreign = await scene.GatewayAsync("foreign");
        Assert.DoesNotContain(
            "serval", foreign["metadata"]!["managedFields"]!.ToJsonString(), StringComparison.Ordinal);
    }

    private static async Task<int> AskUntilAsync(Scene scene, string host, CancellationToken stop)
    {
        int failures = 0;
        while (!stop.IsCancellationRequested)
            failures += await scene.AskAsync(host) == HttpStatusCode.OK ? 0 : 1;
        return failures;
    }
}
