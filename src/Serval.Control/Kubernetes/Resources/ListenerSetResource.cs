using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>ListenerSet: listeners that somebody else adds to a Gateway.</summary>
internal sealed record ListenerSetResource : Resource
{
    public required ListenerSetSpec Spec { get; init; }

    /// <summary>The object that parentRef names; Serval knows only Gateways.</summary>
    [JsonIgnore]
    public ObjectKey ParentKey => new(
        Spec.ParentRef.Group, Spec.ParentRef.Kind, Spec.ParentRef.Namespace ?? Metadata.Namespace,
        Spec.ParentRef.Name);

    /// <summary>
    /// What the names of its listeners begin with in the snapshot: the Gateway's path and its own.
    /// </summary>
    [JsonIgnore]
    public string ListenerPrefix => $"{ParentKey.Path}/{Key.Path}";

    [JsonIgnore]
    public override string KindName => Kinds.ListenerSet;
}
