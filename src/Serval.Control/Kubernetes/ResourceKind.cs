using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Kubernetes;

/// <summary>
/// A kind that Serval reads: its group, the versions that share one shape, its scope and its type.
/// </summary>
internal sealed record ResourceKind(
    string Kind, string Group, string[] Versions, bool IsNamespaced, JsonTypeInfo TypeInfo)
{
    private static readonly ResourceKind[] All =
    [
        new(Kinds.EndpointSlice, Groups.Discovery, ["v1"], true, ResourceJson.Default.EndpointSliceResource),
        new(Kinds.Gateway, Groups.Gateway, ["v1", "v1beta1"], true, ResourceJson.Default.GatewayResource),
        new(Kinds.GatewayClass, Groups.Gateway, ["v1", "v1beta1"], false,
            ResourceJson.Default.GatewayClassResource),
        new(Kinds.HttpRoute, Groups.Gateway, ["v1", "v1beta1"], true, ResourceJson.Default.HttpRouteResource),
        new(Kinds.Namespace, Groups.Core, ["v1"], false, ResourceJson.Default.NamespaceResource),
        new(Kinds.ReferenceGrant, Groups.Gateway, ["v1", "v1beta1"], true,
            ResourceJson.Default.ReferenceGrantResource),
        new(Kinds.Secret, Groups.Core, ["v1"], true, ResourceJson.Default.SecretResource),
        new(Kinds.Service, Groups.Core, ["v1"], true, ResourceJson.Default.ServiceResource),
    ];

    /// <summary>The kind of that group and name, or null when Serval does not read it.</summary>
    public static ResourceKind? Find(string group, string kind) =>
        Array.Find(All, known => known.Group == group && known.Kind == kind);

    /// <summary>Reads an object whose fields were checked before.</summary>
    public Resource Read(JsonNode node) => (Resource)node.Deserialize(TypeInfo)!;
}
