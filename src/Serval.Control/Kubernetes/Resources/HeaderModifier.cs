namespace Serval.Control.Kubernetes.Resources;

/// <summary>Header edits.</summary>
internal sealed record HeaderModifier
{
    public IReadOnlyList<HeaderEntry> Set { get; init => field = value ?? []; } = [];

    public IReadOnlyList<HeaderEntry> Add { get; init => field = value ?? []; } = [];

    public IReadOnlyList<string> Remove { get; init => field = value ?? []; } = [];
}
