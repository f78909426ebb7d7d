using Serval.Control.Kubernetes;

namespace Serval.Control.Resolving;

/// <summary>What a cluster of the snapshot stands for: a port of a Service or ServiceImport.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="Target">The Service or ServiceImport.</param>
/// <param name="Port">Its number there.</param>
/// <param name="ClientCertificate">
/// Name of the certificate that is presented to endpoints; null for none.
/// </param>
internal readonly record struct ClusterSource(
    string Name, ObjectKey Target, int Port, string? ClientCertificate = null)
{
    /// <summary>The kind of <see cref="Key"/>.</summary>
    public const string KeyKind = "Cluster";

    /// <summary>Key of the cluster among the results that depend on objects.</summary>
    public ObjectKey Key => new("", KeyKind, "", Name);
}
