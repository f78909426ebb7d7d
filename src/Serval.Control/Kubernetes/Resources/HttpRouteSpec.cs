namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of an HTTPRoute.</summary>
internal sealed record HttpRouteSpec : RouteSpec
{
    public IReadOnlyList<RouteRule> Rules { get; init => field = value ?? OneRule; } = OneRule;

    // A route without rules has one rule that matches everything (CRD default).
    private static readonly IReadOnlyList<RouteRule> OneRule = [new()];
}
