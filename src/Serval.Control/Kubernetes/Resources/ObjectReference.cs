namespace Serval.Control.Kubernetes.Resources;

/// <summary>A reference to an object, a Secret unless it says otherwise.</summary>
internal sealed record ObjectReference
{
    public string Group { get; init => field = value ?? Groups.Core; } = Groups.Core;

    public string Kind { get; init => field = value ?? Kinds.Secret; } = Kinds.Secret;

    public required string Name { get; init; }

    public string? Namespace { get; init; }

    /// <summary>The object, for a reference in a namespace.</summary>
    public ObjectKey KeyIn(string @namespace) => new(Group, Kind, Namespace ?? @namespace, Name);

    /// <summary>Group and kind as people write them.</summary>
    public string KindText => Group.Length == 0 ? Kind : $"{Group}/{Kind}";
}
