namespace Serval.Control.Kubernetes;

/// <summary>Well-known labels.</summary>
internal static class Labels
{
    /// <summary>On an EndpointSlice: the Service that it belongs to.</summary>
    public const string ServiceName = "kubernetes.io/service-name";

    /// <summary>On an EndpointSlice: the ServiceImport that it belongs to (KEP-1645).</summary>
    public const string ImportName = "multicluster.kubernetes.io/service-name";

    /// <summary>On an EndpointSlice: the cluster that its endpoints are in (KEP-1645).</summary>
    public const string SourceCluster = "multicluster.kubernetes.io/source-cluster";

    /// <summary>On an EndpointSlice: who writes it.</summary>
    public const string ManagedBy = "endpointslice.kubernetes.io/managed-by";

    /// <summary>On every Namespace, set by the API server: its own name.</summary>
    public const string NamespaceName = "kubernetes.io/metadata.name";
}
