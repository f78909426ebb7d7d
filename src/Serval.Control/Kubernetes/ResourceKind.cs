using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Kubernetes;

/// <summary>
/// A kind that Serval reads: its group, the versions that share one shape (the preferred one first), its
/// scope, the plural that its URLs use, and its type.
/// </summary>
internal sealed record ResourceKind(
    string Kind, string Group, string[] Versions, bool IsNamespaced, string Plural, JsonTypeInfo TypeInfo)
{
    private static readonly string[] V1 = ["v1"];
    private static readonly string[] V1Alpha1 = ["v1alpha1"];
    private static readonly string[] V1OrBeta = ["v1", "v1beta1"];

    /// <summary>Every kind that Serval reads.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        new(Kinds.BackendTlsPolicy, Groups.Gateway, V1, true, "backendtlspolicies",
            ResourceJson.Default.BackendTlsPolicyResource),
        new(Kinds.ConfigMap, Groups.Core, V1, true, "configmaps", ResourceJson.Default.ConfigMapResource),
        new(Kinds.CustomResourceDefinition, Groups.Extensions, V1, false, "customresourcedefinitions",
            ResourceJson.Default.CustomResourceDefinitionResource),
        new(Kinds.EndpointSlice, Groups.Discovery, V1, true, "endpointslices",
            ResourceJson.Default.EndpointSliceResource),
        new(Kinds.Gateway, Groups.Gateway, V1OrBeta, true, "gateways", ResourceJson.Default.GatewayResource),
        new(Kinds.GatewayClass, Groups.Gateway, V1OrBeta, false, "gatewayclasses",
            ResourceJson.Default.GatewayClassResource),
        new(Kinds.GrpcRoute, Groups.Gateway, V1, true, "grpcroutes", ResourceJson.Default.GrpcRouteResource),
        new(Kinds.HttpRoute, Groups.Gateway, V1OrBeta, true, "httproutes",
            ResourceJson.Default.HttpRouteResource),
        new(Kinds.ListenerPolicy, Groups.Serval, V1Alpha1, true, "listenerpolicies",
            ResourceJson.Default.ListenerPolicyResource),
        new(Kinds.ListenerSet, Groups.Gateway, V1, true, "listenersets",
            ResourceJson.Default.ListenerSetResource),
        new(Kinds.Namespace, Groups.Core, V1, false, "namespaces", ResourceJson.Default.NamespaceResource),
        new(Kinds.Node, Groups.Core, V1, false, "nodes", ResourceJson.Default.NodeResource),
        new(Kinds.ReferenceGrant, Groups.Gateway, V1OrBeta, true, "referencegrants",
            ResourceJson.Default.ReferenceGrantResource),
        new(Kinds.Secret, Groups.Core, V1, true, "secrets", ResourceJson.Default.SecretResource),
        new(Kinds.Service, Groups.Core, V1, true, "services", ResourceJson.Default.ServiceResource),
        new(Kinds.ServiceImport, Groups.MultiCluster, ["v1beta1", "v1alpha1"], true, "serviceimports",
            ResourceJson.Default.ServiceImportResource),
        new(Kinds.TcpRoute, Groups.Gateway, V1, true, "tcproutes", ResourceJson.Default.TcpRouteResource),
        new(Kinds.TlsRoute, Groups.Gateway, V1, true, "tlsroutes", ResourceJson.Default.TlsRouteResource),
        new(Kinds.UdpRoute, Groups.Gateway, V1, true, "udproutes", ResourceJson.Default.UdpRouteResource),
    ];

    /// <summary>As objects of the preferred version name it.</summary>
    public string ApiVersion => Group.Length == 0 ? Versions[0] : $"{Group}/{Versions[0]}";

    /// <summary>The kind of that group and name, or null when Serval does not read it.</summary>
    public static ResourceKind? Find(string group, string kind)
    {
        foreach (ResourceKind known in All)
        {
            if (known.Group == group && known.Kind == kind)
                return known;
        }
        return null;
    }

    /// <summary>Reads an object whose fields were checked before.</summary>
    public Resource Read(JsonNode node) => (Resource)node.Deserialize(TypeInfo)!;
}
