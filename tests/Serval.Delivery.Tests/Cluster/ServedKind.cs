namespace Serval.Delivery.Tests.Cluster;

/// <summary>Where the API server of the tests takes a kind.</summary>
/// <param name="Plural">Name of the collection.</param>
/// <param name="IsNamespaced">Whether it is in a namespace.</param>
/// <param name="As">The kind that stands for it, where the server does not have it.</param>
/// <param name="Definition">Where it is one of definitions.yaml.</param>
internal sealed record ServedKind(
    string Plural, bool IsNamespaced = true, string? As = null, Definition? Definition = null)
{
    /// <summary>Kinds that the server has built in, and the Gateway API's.</summary>
    public static IReadOnlyDictionary<string, ServedKind> BuiltIn { get; } =
        new Dictionary<string, ServedKind>(StringComparer.Ordinal)
        {
            ["ClusterRole"] = new("clusterroles", false),
            ["ClusterRoleBinding"] = new("clusterrolebindings", false),
            ["ConfigMap"] = new("configmaps"),
            // Its pod is what matters; the field that a Deployment lacks is checked apart.
            ["DaemonSet"] = new("deployments", As: "Deployment"),
            ["Deployment"] = new("deployments"),
            ["Gateway"] = new("gateways"),
            ["GatewayClass"] = new("gatewayclasses", false),
            ["HTTPRoute"] = new("httproutes"),
            ["Namespace"] = new("namespaces", false),
            ["Pod"] = new("pods"),
            ["Role"] = new("roles"),
            ["RoleBinding"] = new("rolebindings"),
            ["Secret"] = new("secrets"),
            ["Service"] = new("services"),
            ["ServiceAccount"] = new("serviceaccounts"),
        };
}
