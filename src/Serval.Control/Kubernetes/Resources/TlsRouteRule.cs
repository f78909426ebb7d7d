namespace Serval.Control.Kubernetes.Resources;

/// <summary>The rule of a TLSRoute.</summary>
internal sealed record TlsRouteRule
{
    public string? Name { get; init; }

    public IReadOnlyList<BackendReference> BackendRefs { get; init => field = value ?? []; } = [];
}
