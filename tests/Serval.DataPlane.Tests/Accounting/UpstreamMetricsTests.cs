using System.Buffers;
using System.Text;
using Serval.Config.Model;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Admin;

namespace Serval.DataPlane.Tests.Accounting;

public sealed class UpstreamMetricsTests
{
    [Fact]
    public void Endpoints_to_fall_back_to_count_ejected_ones_are_not_ready_and_other_clusters_are_added_up()
    {
        Snapshot snapshot = new()
        {
            Version = "one",
            Clusters =
            [
                new Cluster { Name = "a" }, new Cluster { Name = "b" }, new Cluster { Name = "c" },
                new Cluster { Name = "d" },
            ],
            EndpointSets =
            [
                new EndpointSet("a", [new Endpoint("10.0.0.1", 80), new Endpoint("10.0.0.2", 80)])
                {
                    Fallback = [new Endpoint("10.0.0.3", 80), new Endpoint("::1", 80)],
                },
                new EndpointSet("c", [new Endpoint("10.0.0.4", 80)]),
                new EndpointSet("d", [new Endpoint("10.0.0.5", 80), new Endpoint("10.0.0.4", 80)]),
            ],
        };
        ArrayBufferWriter<byte> output = new();
        UpstreamMetrics.WriteReady(
            new MetricsWriter(output), snapshot, ["a", "b"],
            new HashSet<string> { "10.0.0.2:80", "[::1]:80", "10.0.0.4:80" });
        string[] samples =
        [
            .. Encoding.UTF8.GetString(output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => line[0] != '#'),
        ];
        Assert.Equal(
            [
                "serval_cluster_endpoints{cluster=\"_other\"} 3",
                "serval_cluster_endpoints{cluster=\"a\"} 4",
                "serval_cluster_endpoints{cluster=\"b\"} 0",
                "serval_cluster_endpoints_ready{cluster=\"_other\"} 1",
                "serval_cluster_endpoints_ready{cluster=\"a\"} 2",
                "serval_cluster_endpoints_ready{cluster=\"b\"} 0",
            ],
            samples);
    }
}
