namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of a TLSRoute.</summary>
internal sealed record TlsRouteSpec : RouteSpec
{
    public IReadOnlyList<TlsRouteRule> Rules { get; init => field = value ?? []; } = [];
}
