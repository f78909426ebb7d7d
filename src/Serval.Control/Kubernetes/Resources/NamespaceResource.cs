using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Namespace: read for its labels.</summary>
internal sealed record NamespaceResource : Resource
{
    [JsonIgnore]
    public override string KindName => Kinds.Namespace;

    [JsonIgnore]
    public override string GroupName => Groups.Core;
}
