namespace Serval.Control.Kubernetes.Resources;

/// <summary>A predicate on a header or a query parameter.</summary>
internal sealed record RouteValueMatch
{
    public string Type { get; init => field = value ?? "Exact"; } = "Exact";

    public required string Name { get; init; }

    public required string Value { get; init; }
}
