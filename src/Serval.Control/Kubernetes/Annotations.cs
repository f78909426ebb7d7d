using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Kubernetes;

/// <summary>Annotations that Serval obeys, each with its older spelling (Cilium, pkg/annotation).</summary>
internal static class Annotations
{
    /// <summary>On a Service: "true" means the Services of this name in every cluster of the mesh.</summary>
    public static readonly string[] Global = ["service.cilium.io/global", "io.cilium/global-service"];

    /// <summary>On a global Service: which clusters come first, local, remote or none.</summary>
    public static readonly string[] Affinity = ["service.cilium.io/affinity", "io.cilium/service-affinity"];

    /// <summary>On an EndpointSlice: 0 takes its endpoints out of service.</summary>
    public static readonly string[] Weight = ["service.cilium.io/weight"];

    /// <summary>
    /// On a ServiceImport: the Service of its namespace that Cilium made for it and obeys itself.
    /// </summary>
    public static readonly string[] DerivedService = ["multicluster.kubernetes.io/derived-service"];

    /// <summary>On a definition of the Gateway API: the release that it is from.</summary>
    public static readonly string[] BundleVersion = ["gateway.networking.k8s.io/bundle-version"];

    /// <summary>On a definition of the Gateway API: <c>standard</c> or <c>experimental</c>.</summary>
    public static readonly string[] Channel = ["gateway.networking.k8s.io/channel"];

    /// <summary>The value of the first spelling that is there, or null.</summary>
    public static string? Find(Resource resource, string[] spellings)
    {
        foreach (string name in spellings)
        {
            if (resource.Metadata.Annotations.TryGetValue(name, out string? value))
                return value;
        }
        return null;
    }

    /// <summary>True when the value is "true", in any case.</summary>
    public static bool IsTrue(Resource resource, string[] spellings) =>
        string.Equals(Find(resource, spellings), "true", StringComparison.OrdinalIgnoreCase);
}
