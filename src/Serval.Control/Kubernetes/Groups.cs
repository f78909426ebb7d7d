namespace Serval.Control.Kubernetes;

/// <summary>API groups by name.</summary>
internal static class Groups
{
    public const string Core = "";
    public const string Extensions = "apiextensions.k8s.io";
    public const string Gateway = "gateway.networking.k8s.io";
    public const string Discovery = "discovery.k8s.io";
    public const string MultiCluster = "multicluster.x-k8s.io";

    /// <summary>Kinds of Serval's own.</summary>
    public const string Serval = "serval.dev";
}
