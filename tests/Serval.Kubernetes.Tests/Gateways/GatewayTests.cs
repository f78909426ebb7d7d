using System.Net;
using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Gateways;

/// <summary>A gateway process, real routers, a real API server.</summary>
public sealed class GatewayTests
{
    [ApiFact]
    public async Task Objects_become_traffic_and_status()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        ServalProcess gateway = await scene.StartGatewayAsync([router.Admin]);
        await scene.AddRouteAsync("a");
        await scene.AnswersAsync("a.example.com");
        Assert.Equal("Programmed", await scene.GatewayHasAsync("Programmed", "True"));
        Assert.Equal("Accepted",
            (await scene.RouteHasAsync("a", "Accepted", "True"))["reason"]!.GetValue<string>());
        JsonNode listener = (await scene.GatewayAsync())["status"]!["listeners"]![0]!;
        Assert.Equal(1, listener["attachedRoutes"]!.GetValue<int>());
        Assert.Equal("True", Scene.Condition(listener, "Programmed")!["status"]!.GetValue<string>());
        JsonNode accepted = Scene.Condition((await scene.Server.GetAsync(
            "/apis/gateway.networking.k8s.io/v1/gatewayclasses/serval"))["status"], "Accepted")!;
        Assert.Equal("True", accepted["status"]!.GetValue<string>());

        await scene.DeleteRouteAsync("a");
        await scene.AnswersAsync("a.example.com", HttpStatusCode.NotFound);
        await scene.AttachedAsync(0);
        JsonNode routers = (await gateway.GetAsync("/routers"))!["routers"]!;
        Assert.Equal(0, routers[0]!["snapshotsBehind"]!.GetValue<long>());
        Assert.Equal(1, routers[0]!["fullPushes"]!.GetValue<long>());
        Assert.Equal(0, await gateway.TerminateAsync());
    }

    [ApiFact]
    public async Task In_one_process_the_snapshot_is_the_same_as_apart()
    {
        await using Scene scene = await Scene.StartAsync();
        for (int i = 0; i < 10; i++)
            await scene.AddRouteAsync($"r{i}");
        ServalProcess router = await scene.StartRouterAsync();
        ServalProcess gateway = await scene.StartGatewayAsync([router.Admin]);
        await scene.AnswersAsync("r9.example.com");
        JsonNode apart = (await gateway.GetAsync("/config"))!;
        Assert.True(JsonNode.DeepEquals(apart, await router.GetAsync("/config")));
        Assert.Equal(0, await gateway.TerminateAsync());
        Assert.Equal(0, await router.TerminateAsync());

        ServalProcess run = await scene.StartRunAsync();
        await scene.AnswersAsync("r9.example.com");
        Assert.True(JsonNode.DeepEquals(apart, await run.GetAsync("/config")));
        await scene.GatewayHasAsync("Programmed", "True");
        using HttpResponseMessage reloaded = await run.PostAsync("/reload");
        Assert.Equal(HttpStatusCode.OK, reloaded.StatusCode);
    }

    [ApiFact]
    public async Task A_slow_and_a_dead_router_do_not_delay_the_others()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess first = await scene.StartRouterAsync("first");
        ServalProcess frozen = await scene.StartRouterAsync("frozen");
        Uri dead = new($"http://127.0.0.1:{Ports.Free()}");
        ServalProcess gateway = await scene.StartGatewayAsync([dead, frozen.Admin, first.Admin]);
        await Deadline.UntilAsync(frozen.VersionAsync, version => version.Length > 0);
        frozen.Freeze();
        await scene.AddRouteAsync("a");
        await Deadline.UntilAsync(first.RoutesAsync, count => count == 1);
        Assert.Equal("Pending", await scene.GatewayHasAsync("Programmed", "Unknown"));
        frozen.Thaw();
        await Deadline.UntilAsync(async () => (await gateway.VersionAsync(), await frozen.VersionAsync()),
            versions => versions.Item1 == versions.Item2);
    }

    [ApiFact]
    public async Task A_router_that_lost_its_configuration_gets_the_whole()
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.AddRouteAsync("a");
        ServalProcess router = await scene.StartRouterAsync();
        await scene.StartGatewayAsync([router.Admin]);
        await scene.AnswersAsync("a.example.com");
        using HttpClient http = new();
        using HttpResponseMessage pushed = await http.PutAsync(
            new Uri(router.Admin, "/config"), new StringContent("""{"version":"somebody-else"}"""));
        await scene.AnswersAsync("a.example.com");
        await scene.AddRouteAsync("b");
        await scene.AnswersAsync("b.example.com");
    }

    [ApiFact]
    public async Task A_taken_port_is_told_on_the_Gateway_and_bound_once_it_is_free()
    {
        await using Scene scene = await Scene.StartAsync();
        System.Net.Sockets.TcpListener taken = new(IPAddress.IPv6Any, scene.Port);
        taken.Server.DualMode = true;
        taken.Start();
        ServalProcess router = await scene.StartRouterAsync();
        await scene.StartGatewayAsync([router.Admin]);
        Assert.Equal("AddressNotUsable", await scene.GatewayHasAsync("Programmed", "False"));
        taken.Stop();
        await scene.GatewayHasAsync("Programmed", "True");
    }

    [ApiFact]
    public async Task Router_and_gateway_prove_who_they_are_with_certificates()
    {
        await using Scene scene = await Scene.StartAsync();
        Authority own = scene.Server.Authority;
        (string certificate, string key) = own.IssueServer();
        (string clientCertificate, string clientKey) = own.IssueClient("CN=gateway");
        ServalProcess router = await scene.StartRouterAsync(
            "router", "--admin-tls-cert", certificate, "--admin-tls-key", key, "--admin-tls-client-ca",
            own.File);
        Assert.Equal("https", router.Admin.Scheme);
        await scene.AddRouteAsync("a");
        await scene.StartGatewayAsync(
            [router.Admin], "--data-plane-ca", own.File, "--data-plane-cert", clientCertificate,
            "--data-plane-key", clientKey, "--data-plane-name", "localhost");
        await scene.AnswersAsync("a.example.com");

        // A gateway that trusts another authority pushes nothing, and says why.
        using Authority stranger = new(scene.Folder, "stranger");
        ServalProcess wrong = await scene.StartGatewayAsync(
            [router.Admin], "--data-plane-ca", stranger.File, "--lease-name", "other");
        await Deadline.UntilAsync(() => wrong.GetAsync("/routers"),
            routers => routers!["routers"]![0]!["failure"]!.GetValue<string>().Length > 0);
    }

    [ApiFact]
    public async Task The_command_line_shows_the_routers_of_a_gateway()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        ServalProcess gateway = await scene.StartGatewayAsync([router.Admin]);
        await Deadline.UntilAsync(router.VersionAsync, version => version.Length > 0);
        string version = await gateway.VersionAsync();
        await using ChildProcess status = new(
            ServalProcess.Program, ["status", "--admin", gateway.Admin.Authority]);
        string line = await status.WaitForLineAsync(router.Admin.Authority);
        await status.WaitForExitAsync();
        Assert.Equal(0, status.ExitCode);
        Assert.Contains(version, line, StringComparison.Ordinal);
    }

    [ApiFact]
    public async Task A_Gateway_without_addresses_gets_one_of_the_pool_and_listens_there()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        await scene.AddRouteAsync("a");
        await scene.StartGatewayAsync([router.Admin], "--address-pool", "127.83.7.0/30");
        await scene.GatewayHasAsync("Programmed", "True");
        string address =
            (await scene.GatewayAsync())["status"]!["addresses"]![0]!["value"]!.GetValue<string>();
        Assert.StartsWith("127.83.7.", address, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await scene.AskAsync("a.example.com", address: address));
        Assert.Equal((HttpStatusCode)0, await scene.AskAsync("a.example.com"));
    }

    [ApiFact]
    public async Task Without_a_router_nothing_is_programmed()
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.StartGatewayAsync([], "--router-service", "serval-system/serval-router-internal");
        Assert.Equal("NoResources", await scene.GatewayHasAsync("Programmed", "False"));
        Assert.Equal("Accepted", await scene.GatewayHasAsync("Accepted", "True"));
    }

    [ApiFact]
    public async Task A_burst_of_changes_is_a_few_pushes_and_none_is_lost()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        ServalProcess gateway = await scene.StartGatewayAsync([router.Admin]);
        await Deadline.UntilAsync(router.VersionAsync, version => version.Length > 0);
        double before = await gateway.MetricAsync("serval_gateway_pushes_total");
        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (i, _) => await scene.AddRouteAsync($"r{i}"));
        await Deadline.UntilAsync(router.RoutesAsync, count => count == 300);
        double pushes = await gateway.MetricAsync("serval_gateway_pushes_total") - before;
        Assert.InRange(pushes, 1, 150);
        Assert.Equal(1, await gateway.MetricAsync("serval_gateway_full_pushes_total"));
        await scene.AttachedAsync(300);
    }
}
