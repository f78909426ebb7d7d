using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>ListenerSet: listeners that somebody else adds to a Gateway.</summary>
internal sealed record ListenerSetResource : Resource
{
    public required ListenerSetSpec Spec { get; init; }

    [JsonIgnore]
    public override string KindName => Kinds.ListenerSet;
}
