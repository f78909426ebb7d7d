using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Pods;

public sealed class PodSecurityTests
{
    /// <summary>What may stay below "restricted", and by which fields alone.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        // The order: nothing between the network card and the router's sockets.
        ["DaemonSet serval-router"] = ["hostNetwork"],
        // VPP's sockets are files of the node.
        ["DaemonSet serval-vpp-gateway"] = ["hostPath", "volumes: hostPath"],
    };

    [ToolTheory(ChartTool.Builder)]
    [InlineData("charts/serval/values.yaml")]
    [InlineData("charts/serval/ci/load-balancer.yaml")]
    [InlineData("charts/serval/ci/aws-nlb.yaml")]
    [InlineData("charts/serval/ci/cilium-bgp.yaml")]
    [InlineData("charts/serval/ci/minimal.yaml")]
    public async Task Pods_are_restricted_but_for_what_their_work_needs(string values)
    {
        IReadOnlyList<Manifest> objects = await ChartTool.ObjectsAsync("-f", Repository.PathOf(values));
        Assert.Contains(objects, made => made.PodSpec is not null);
        Assert.All(objects, made => Assert.Empty(
            PodSecurity.Offences(made, PodLevel.Restricted).Except(AllowedOf(made))));
    }

    [ToolFact(ChartTool.Builder)]
    public async Task Behind_a_load_balancer_the_router_itself_is_restricted()
    {
        IReadOnlyList<Manifest> objects = await ChartTool.ObjectsAsync("--set", "router.mode=loadBalancer");
        Assert.Empty(PodSecurity.Offences(
            objects.Single(made => made.Kind == "DaemonSet"), PodLevel.Restricted));
    }

    [ToolFact(ChartTool.Builder)]
    public async Task Host_paths_and_root_are_taken_only_where_the_values_say_so()
    {
        Assert.Equal(["hostNetwork", "hostPath", "volumes: hostPath"], await OffencesAsync(
            "DaemonSet serval-router", "--set", "router.stateHostPath=/var/lib/serval"));
        Assert.Equal(["hostNetwork", "runAsNonRoot", "runAsUser"], await OffencesAsync(
            "DaemonSet serval-router", "--set", "router.runAsRoot=true"));
        Assert.Equal(["hostPath", "volumes: hostPath"], await OffencesAsync(
            "DaemonSet serval-vpp-gateway", "--set", "vppGateway.enabled=true"));
        Assert.Empty(await OffencesAsync("Deployment serval-egress", "--set", "egress.enabled=true"));
    }

    [ToolFact(ChartTool.Builder)]
    public async Task Plain_manifests_are_restricted_as_well()
    {
        string[] files =
        [
            .. Repository.Files("services", "*.yaml"), .. Repository.Files("deploy/egress", "*.yaml"),
            .. Repository.Files("examples/gateway/k8s", "*.yaml"),
        ];
        IReadOnlyList<Manifest> objects = await ChartTool.ReadAsync(files);
        Assert.Contains(objects, made => made.ToString() == "Deployment echo");
        Assert.All(objects, made => Assert.Empty(
            PodSecurity.Offences(made, PodLevel.Restricted).Except(AllowedOf(made))));
    }

    [ToolFact(ChartTool.Builder)]
    public async Task Every_container_has_probes_and_limits_and_a_root_that_nobody_writes()
    {
        IReadOnlyList<Manifest> objects = await ChartTool.ObjectsAsync(
            "-f", Repository.PathOf("charts/serval/ci/everything.yaml"));
        foreach (Manifest made in objects.Where(made => made.PodSpec is not null))
        {
            foreach (JsonObject container in made.Containers)
            {
                Assert.True(container["securityContext"]!["readOnlyRootFilesystem"]!.GetValue<bool>());
                Assert.NotNull(container["resources"]!["limits"]!["memory"]);
                if (made.Kind != "Pod")
                {
                    Assert.NotNull(container["livenessProbe"]);
                    Assert.NotNull(container["readinessProbe"]);
                }
            }
        }
    }

    [Theory]
    [InlineData("hostNetwork", """{"hostNetwork": true}""", PodLevel.Baseline)]
    [InlineData("hostPID", """{"hostPID": true}""", PodLevel.Baseline)]
    [InlineData("hostPath", """{"volumes": [{"name": "a", "hostPath": {"path": "/"}}]}""", PodLevel.Baseline)]
    [InlineData("sysctls: kernel.msgmax",
        """{"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}""", PodLevel.Baseline)]
    [InlineData("seccompProfile",
        """{"securityContext": {"seccompProfile": {"type": "Unconfined"}}}""", PodLevel.Baseline)]
    [InlineData("privileged",
        """{"containers": [{"securityContext": {"privileged": true}}]}""", PodLevel.Baseline)]
    [InlineData("hostPort", """{"containers": [{"ports": [{"hostPort": 80}]}]}""", PodLevel.Baseline)]
    [InlineData("capabilities.add: SYS_ADMIN",
        """{"containers": [{"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}]}""",
        PodLevel.Baseline)]
    [InlineData("capabilities.add beyond NET_BIND_SERVICE: CHOWN",
        """{"initContainers": [{"securityContext": {"capabilities": {"add": ["CHOWN"]}}}]}""",
        PodLevel.Restricted)]
    [InlineData("capabilities.drop", """{"containers": [{}]}""", PodLevel.Restricted)]
    [InlineData("allowPrivilegeEscalation", """{"containers": [{}]}""", PodLevel.Restricted)]
    [InlineData("runAsNonRoot", """{"containers": [{}]}""", PodLevel.Restricted)]
    [InlineData("seccompProfile is not set", """{"containers": [{}]}""", PodLevel.Restricted)]
    [InlineData("runAsUser",
        """{"containers": [{"securityContext": {"runAsUser": 0}}]}""", PodLevel.Restricted)]
    [InlineData("volumes: nfs", """{"volumes": [{"name": "a", "nfs": {}}]}""", PodLevel.Restricted)]
    public void A_planted_offence_is_found(string offence, string spec, PodLevel level)
    {
        Manifest made = new(JsonNode.Parse($$"""{"kind": "Pod", "spec": {{spec}}}""")!.AsObject());
        Assert.Contains(offence, PodSecurity.Offences(made, level));
        Assert.Empty(PodSecurity.Offences(made, PodLevel.Privileged));
    }

    private static IEnumerable<string> AllowedOf(Manifest made) =>
        Allowed.TryGetValue(made.ToString(), out string[]? fields) ? fields : [];

    private static async Task<IEnumerable<string>> OffencesAsync(string name, params string[] options) =>
        PodSecurity.Offences(
            (await ChartTool.ObjectsAsync(options)).Single(made => made.ToString() == name),
            PodLevel.Restricted)
            .Order(StringComparer.Ordinal);
}
