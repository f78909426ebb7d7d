using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Charts;

public sealed class ChartTests
{
    [ToolFact(ChartTool.Builder)]
    public async Task By_default_a_router_and_a_gateway_are_installed()
    {
        IReadOnlyList<Manifest> objects = await ChartTool.ObjectsAsync("--skip-tests");
        Assert.Equal(
        [
            "ClusterRole serval-gateway", "ClusterRoleBinding serval-gateway", "DaemonSet serval-router",
            "Deployment serval-gateway", "GatewayClass serval", "PodDisruptionBudget serval-gateway",
            "Role serval-gateway", "RoleBinding serval-gateway", "Secret serval-admin",
            "Service serval-gateway", "Service serval-router-internal", "ServiceAccount serval-gateway",
            "ServiceAccount serval-router",
        ], objects.Select(made => made.ToString()).Order(StringComparer.Ordinal));
    }

    [ToolFact(ChartTool.Builder)]
    public async Task The_router_is_on_the_network_of_edge_nodes_with_the_sizes_of_the_order()
    {
        Manifest router = await FindAsync("DaemonSet serval-router");
        JsonObject pod = router.PodSpec!;
        Assert.True(pod["hostNetwork"]!.GetValue<bool>());
        Assert.Equal("ClusterFirstWithHostNet", pod["dnsPolicy"]!.GetValue<string>());
        Assert.Equal("""{"serval.dev/role":"edge"}""", pod["nodeSelector"]!.ToJsonString());
        Assert.Equal("serval.dev/edge", pod["tolerations"]![0]!["key"]!.GetValue<string>());
        Assert.False(pod["automountServiceAccountToken"]!.GetValue<bool>());
        JsonObject container = router.Containers.Single();
        Assert.Equal(
            """{"limits":{"cpu":"2000m","memory":"256Mi"},"requests":{"cpu":"100m","memory":"64Mi"}}""",
            container["resources"]!.ToJsonString());
        Assert.Equal("""["ALL"]""",
            container["securityContext"]!["capabilities"]!["drop"]!.ToJsonString());
        Assert.Equal("""["NET_BIND_SERVICE"]""",
            container["securityContext"]!["capabilities"]!["add"]!.ToJsonString());
        Assert.Null(container["ports"]); // Cilium and the scheduler would take them for hostPorts.
    }

    [ToolFact(ChartTool.Builder)]
    public async Task A_pod_has_time_to_leave_the_load_balancer_and_to_drain()
    {
        Manifest router = await FindAsync(
            "DaemonSet serval-router",
            "--set", "router.drainSeconds=120", "--set", "router.preStopSeconds=20");
        Assert.Equal(145, router.PodSpec!["terminationGracePeriodSeconds"]!.GetValue<int>());
        JsonObject container = router.Containers.Single();
        Assert.Equal(20, container["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!.GetValue<int>());
        Assert.Contains("--drain-timeout=120s", Arguments(container));
    }

    [ToolFact(ChartTool.Builder)]
    public async Task The_gateway_finds_routers_before_they_are_ready()
    {
        Manifest service = await FindAsync("Service serval-router-internal");
        Assert.Equal("None", service.Text("spec", "clusterIP"));
        Assert.True(service.At("spec", "publishNotReadyAddresses")!.GetValue<bool>());
        Manifest gateway = await FindAsync("Deployment serval-gateway");
        Assert.Contains(
            "--router-service=serval-system/serval-router-internal", Arguments(gateway.Containers.Single()));
        Assert.Equal(2, gateway.At("spec", "replicas")!.GetValue<int>());
    }

    [ToolFact(ChartTool.Builder)]
    public async Task Behind_a_load_balancer_every_port_of_the_range_leads_to_the_same_port()
    {
        Manifest service = await FindAsync(
            "Service serval-router", "-f", Repository.PathOf("charts/serval/ci/load-balancer.yaml"));
        Assert.Equal("LoadBalancer", service.Text("spec", "type"));
        Assert.Equal("Local", service.Text("spec", "externalTrafficPolicy"));
        JsonArray ports = service.At("spec", "ports")!.AsArray();
        string[] wanted =
        [
            "80→80/TCP", "443→443/TCP", "443→443/UDP",
            .. Enumerable.Range(8000, 1000).Select(port => $"{port}→{port}/TCP"),
        ];
        Assert.Equal(wanted, ports.Select(port =>
            $"{port!["port"]}→{port["targetPort"]}/{port["protocol"]!.GetValue<string>()}"));
    }

    [ToolFact(ChartTool.Builder)]
    public async Task An_upgrade_keeps_the_token_that_is_there_and_a_first_install_makes_a_long_one()
    {
        Manifest secret = await FindAsync("Secret serval-admin");
        byte[] token = Convert.FromBase64String(secret.Text("data", "token"));
        Assert.Equal(48, token.Length);
        Assert.Contains("lookup \"v1\" \"Secret\"",
            Repository.Read("charts/serval/templates/admin-credentials.yaml"), StringComparison.Ordinal);
    }

    [ToolFact(ChartTool.Builder)]
    public async Task The_egress_proxy_never_has_the_network_of_its_node()
    {
        Manifest egress = await FindAsync("Deployment serval-egress", "--set", "egress.enabled=true");
        Assert.False(egress.PodSpec!["hostNetwork"]!.GetValue<bool>());
        Assert.DoesNotContain(
            await ChartTool.ObjectsAsync(), made => made.Name.Contains("egress", StringComparison.Ordinal));
    }

    [ToolFact(ChartTool.Builder)]
    public async Task The_notes_say_what_a_node_needs_and_what_to_do_next()
    {
        string notes = (await ChartTool.TemplateAsync("--notes")).Good;
        Assert.Contains("pod-security.kubernetes.io/enforce=privileged", notes, StringComparison.Ordinal);
        Assert.Contains("profiles/serval-router.json", notes, StringComparison.Ordinal);
        Assert.Contains("helm -n serval-system test serval", notes, StringComparison.Ordinal);
    }

    private static async Task<Manifest> FindAsync(string name, params string[] options) =>
        (await ChartTool.ObjectsAsync(options)).Single(made => made.ToString() == name);

    private static IEnumerable<string> Arguments(JsonObject container) =>
        container["args"]!.AsArray().Select(argument => argument!.GetValue<string>());
}
