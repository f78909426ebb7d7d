using System.Text.Json;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of an HTTPRoute.</summary>
internal sealed record HttpRouteSpec
{
    public IReadOnlyList<ParentReference> ParentRefs { get; init => field = value ?? []; } = [];

    public IReadOnlyList<string> Hostnames { get; init => field = value ?? []; } = [];

    public IReadOnlyList<RouteRule> Rules { get; init => field = value ?? OneRule; } = OneRule;

    public JsonElement? UseDefaultGateways { get; init; }

    // A route without rules has one rule that matches everything (CRD default).
    private static readonly IReadOnlyList<RouteRule> OneRule = [new()];
}
