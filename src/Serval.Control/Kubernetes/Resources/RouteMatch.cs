namespace Serval.Control.Kubernetes.Resources;

/// <summary>Predicates of a rule; all must hold.</summary>
internal sealed record RouteMatch
{
    public RoutePathMatch Path { get; init => field = value ?? new(); } = new();

    public string? Method { get; init; }

    public IReadOnlyList<RouteValueMatch> Headers { get; init => field = value ?? []; } = [];

    public IReadOnlyList<RouteValueMatch> QueryParams { get; init => field = value ?? []; } = [];
}
