using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>ReferenceGrant: who may refer to objects of this namespace from another.</summary>
internal sealed record ReferenceGrantResource : Resource
{
    public required ReferenceGrantSpec Spec { get; init; }

    [JsonIgnore]
    public override string KindName => Kinds.ReferenceGrant;
}
