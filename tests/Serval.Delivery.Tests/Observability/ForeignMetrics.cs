namespace Serval.Delivery.Tests.Observability;

/// <summary>
/// Metrics of others that dashboards read.
/// </summary>
internal static class ForeignMetrics
{
    /// <summary>
    /// Of Cilium 1.19 and 1.20, from Documentation/observability/metrics.rst of its repository: agent,
    /// operator and KVStoreMesh under "Exported Metrics", Hubble under "Hubble". Nothing of it runs here.
    /// </summary>
    private static readonly string[] Cilium =
    [
        "cilium_clustermesh_apiserver_kvstore_sync_errors_total",
        "cilium_clustermesh_remote_cluster_failures",
        "cilium_clustermesh_remote_cluster_last_failure_ts", "cilium_clustermesh_remote_cluster_nodes",
        "cilium_clustermesh_remote_cluster_readiness_status", "cilium_clustermesh_remote_clusters",
        "cilium_drop_count_total", "cilium_forward_bytes_total", "cilium_forward_count_total",
        "cilium_kvstoremesh_remote_cluster_readiness_status",
        "cilium_operator_clustermesh_remote_cluster_readiness_status",
        "cilium_policy_endpoint_enforcement_status", "cilium_unreachable_nodes",
        "hubble_dns_queries_total",
        "hubble_dns_responses_total", "hubble_drop_total", "hubble_flows_processed_total",
        "hubble_port_distribution_total", "hubble_tcp_flags_total",
    ];

    /// <summary>Of kube-apiserver: a test scrapes a real one.</summary>
    public static readonly string[] Kubernetes =
    [
        "apiserver_current_inflight_requests", "apiserver_longrunning_requests",
        "apiserver_request_duration_seconds", "apiserver_request_total", "etcd_request_duration_seconds",
        "process_cpu_seconds_total", "process_resident_memory_bytes",
    ];

    /// <summary>What Prometheus itself adds.</summary>
    private static readonly string[] Prometheus = ["up"];

    public static IEnumerable<string> All => [.. Cilium, .. Kubernetes, .. Prometheus];
}
