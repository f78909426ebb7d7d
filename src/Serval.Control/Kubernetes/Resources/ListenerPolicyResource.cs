using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>
/// ListenerPolicy, a kind of Serval's own: settings of listeners that the Gateway API has no field for. It is
/// attached directly, by targetRefs (GEP-713).
/// </summary>
internal sealed record ListenerPolicyResource : Resource
{
    public required ListenerPolicySpec Spec { get; init; }

    [JsonIgnore]
    public override string KindName => Kinds.ListenerPolicy;

    [JsonIgnore]
    public override string GroupName => Groups.Serval;
}
