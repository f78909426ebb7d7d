using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Node: the addresses that an edge router on it can be reached at.</summary>
internal sealed record NodeResource : Resource
{
    public NodeStatus Status { get; init => field = value ?? new(); } = new();

    [JsonIgnore]
    public override string KindName => Kinds.Node;

    [JsonIgnore]
    public override string GroupName => Groups.Core;
}
