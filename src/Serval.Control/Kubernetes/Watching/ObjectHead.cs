namespace Serval.Control.Kubernetes.Watching;

/// <summary>The metadata of an object or a list that a reflector needs; everything else is skipped.</summary>
internal sealed record ObjectHead
{
    public string Name { get; init => field = value ?? ""; } = "";

    public string Namespace { get; init => field = value ?? ""; } = "";

    public string Uid { get; init => field = value ?? ""; } = "";

    public string ResourceVersion { get; init => field = value ?? ""; } = "";

    public long Generation { get; init; }

    /// <summary>Of a list: where its next page starts; empty on the last page.</summary>
    public string Continue { get; init => field = value ?? ""; } = "";

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Of a bookmark: every object that existed before has been sent.</summary>
    public bool EndsInitialEvents =>
        Annotations?.GetValueOrDefault("k8s.io/initial-events-end") == "true";
}
