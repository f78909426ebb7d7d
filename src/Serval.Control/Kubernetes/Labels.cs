namespace Serval.Control.Kubernetes;

/// <summary>Well-known labels.</summary>
internal static class Labels
{
    /// <summary>On an EndpointSlice: the Service that it belongs to.</summary>
    public const string ServiceName = "kubernetes.io/service-name";

    /// <summary>On every Namespace, set by the API server: its own name.</summary>
    public const string NamespaceName = "kubernetes.io/metadata.name";
}
