namespace Serval.Control.Kubernetes.Resources;

/// <summary>What a policy applies to, in its own namespace.</summary>
internal sealed record PolicyTarget
{
    public string Group { get; init => field = value ?? ""; } = "";

    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>
    /// Of a Service: the name of one port. Of a Gateway or ListenerSet: that of one listener. Null means all.
    /// </summary>
    public string? SectionName { get; init; }
}
