using System.Text.Json;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>One rule of an HTTPRoute.</summary>
internal sealed record RouteRule
{
    public string? Name { get; init; }

    public IReadOnlyList<RouteMatch> Matches { get; init => field = value ?? OneMatch; } = OneMatch;

    public IReadOnlyList<RouteFilter> Filters { get; init => field = value ?? []; } = [];

    public IReadOnlyList<BackendReference> BackendRefs { get; init => field = value ?? []; } = [];

    public RouteTimeouts Timeouts { get; init => field = value ?? new(); } = new();

    public RouteRetry? Retry { get; init; }

    public JsonElement? SessionPersistence { get; init; }

    // A rule without matches matches everything (CRD default).
    private static readonly IReadOnlyList<RouteMatch> OneMatch = [new()];
}
