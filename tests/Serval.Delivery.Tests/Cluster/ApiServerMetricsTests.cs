using System.Net;
using Serval.Delivery.Tests.Observability;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>What dashboards read of Kubernetes is what a real API server tells.</summary>
[Collection(KubeCollection.Name)]
public sealed class ApiServerMetricsTests(KubeServer server)
{
    [KubeFact]
    public async Task Every_metric_of_Kubernetes_on_dashboards_is_on_the_page_of_an_API_server()
    {
        (HttpStatusCode status, string page) = await server.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Empty(ForeignMetrics.Kubernetes.Except(MetricNames.OfPage(page)));
    }
}
