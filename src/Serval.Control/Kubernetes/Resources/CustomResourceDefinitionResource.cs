using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>
/// CustomResourceDefinition: only who it is and which release of the Gateway API it is from.
/// </summary>
internal sealed record CustomResourceDefinitionResource : Resource
{
    [JsonIgnore]
    public override string KindName => Kinds.CustomResourceDefinition;

    [JsonIgnore]
    public override string GroupName => Groups.Extensions;
}
