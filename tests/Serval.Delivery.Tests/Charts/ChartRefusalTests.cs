using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Charts;

public sealed class ChartRefusalTests
{
    [ToolTheory(ChartTool.Builder)]
    [InlineData("router.enbled=true", "Additional property enbled is not allowed")]
    [InlineData("router.mode=hostnetwork", "router.mode must be one of the following")]
    [InlineData("router.resources.limits.cpu=2x", "router.resources.limits.cpu: Does not match pattern")]
    [InlineData("gateway.replicas=0", "gateway.replicas: Must be greater than or equal to 1")]
    [InlineData("image.digest=sha256:1", "image.digest: Does not match pattern")]
    [InlineData(
        "gateway.dataPlaneUrl=serval-router-internal:9901", "gateway.dataPlaneUrl: Does not match pattern")]
    public async Task A_value_that_is_wrong_by_itself_is_named(string set, string expected) =>
        await RefusedAsync(expected, set);

    [ToolTheory(ChartTool.Builder)]
    [InlineData("set router.seccompProfile.type to Localhost", "router.seccompProfile.type=RuntimeDefault")]
    [InlineData("Set admin.mtls.certManager.issuerRef.name", "admin.auth=mtls")]
    [InlineData("to a Secret with tls.crt, tls.key and ca.crt, or admin.mtls.source",
        "admin.auth=mtls", "admin.mtls.source=secrets")]
    [InlineData("set router.loadBalancer.provider=cilium-bgp", "router.mode=loadBalancer",
        "router.loadBalancer.provider=cilium-l2")]
    [InlineData("set last to 8000 or more", "router.mode=loadBalancer",
        "router.loadBalancer.portRange={enabled: true, first: 8000, last: 7000}")]
    [InlineData("set last to 8999 or less", "router.mode=loadBalancer",
        "router.loadBalancer.portRange={enabled: true, first: 8000, last: 9000}")]
    [InlineData("which http or https takes already", "router.mode=loadBalancer",
        "router.loadBalancer.portRange={enabled: true, first: 400, last: 500}")]
    [InlineData("set router.loadBalancer.portRange to 47 ports", "router.mode=loadBalancer",
        "router.loadBalancer.provider=aws-nlb",
        "router.loadBalancer.portRange={enabled: true, first: 8000, last: 8100}")]
    [InlineData("enable router.loadBalancer.http", "router.mode=loadBalancer",
        "router.loadBalancer.http.enabled=false", "router.loadBalancer.https.enabled=false")]
    [InlineData("set vppGateway.tcp.certificateSecret",
        "vppGateway.enabled=true", "vppGateway.tcp.enabled=true")]
    [InlineData("set vppGateway.tcp.allowedClients",
        "vppGateway.enabled=true", "vppGateway.tcp.enabled=true", "vppGateway.tcp.certificateSecret=a")]
    [InlineData("set router.enabled=true, or gateway.dataPlaneUrl", "router.enabled=false")]
    [InlineData("set gateway.podDisruptionBudget.minAvailable below",
        "gateway.podDisruptionBudget.minAvailable=2")]
    [InlineData("enable only one of monitoring.serviceMonitors", "monitoring.serviceMonitors.enabled=true",
        "monitoring.podMonitors.enabled=true")]
    [InlineData("set admin.openMetrics=true", "monitoring.podMonitors.enabled=true", "admin.auth=mtls",
        "admin.mtls.certManager.issuerRef.name=ca")]
    public async Task Values_that_do_not_work_together_say_what_to_set(
        string expected, params string[] sets) =>
        await RefusedAsync(expected, sets);

    private static async Task RefusedAsync(string expected, params string[] sets)
    {
        Answer answer = await ChartTool.TemplateAsync(sets.SelectMany(set => new[] { "--set", set }));
        Assert.Equal(1, answer.ExitCode);
        Assert.Equal("", answer.Output);
        Assert.Contains(expected, answer.Errors, StringComparison.Ordinal);
    }
}
