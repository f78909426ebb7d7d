namespace Serval.Delivery.Tests.Observability;

/// <summary>
/// Metrics of others that dashboards read: from their own references, as nothing of them runs here.
/// </summary>
internal static class ForeignMetrics
{
    /// <summary>Cilium 1.19 and 1.20, Documentation/observability/metrics.rst.</summary>
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

    /// <summary>Kubernetes 1.33 to 1.37, the reference of its metrics; what every Go program has.</summary>
    private static readonly string[] Kubernetes =
    [
        "apiserver_current_inflight_requests", "apiserver_longrunning_requests",
        "apiserver_request_duration_seconds", "apiserver_request_total", "etcd_request_duration_seconds",
        "process_cpu_seconds_total", "process_resident_memory_bytes",
    ];

    /// <summary>What Prometheus itself adds.</summary>
    private static readonly string[] Prometheus = ["up"];

    public static IEnumerable<string> All => [.. Cilium, .. Kubernetes, .. Prometheus];
}
