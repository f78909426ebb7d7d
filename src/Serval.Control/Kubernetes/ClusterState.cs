using System.Collections.Immutable;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Kubernetes;

/// <summary>
/// Every watched object at one moment, unique and sorted by <see cref="ObjectKey"/>. Files and (later)
/// the Kubernetes API fill the same record; what comes after cannot tell which.
/// </summary>
internal sealed record ClusterState
{
    public ImmutableArray<GatewayClassResource> GatewayClasses { get; private init; } = [];

    public ImmutableArray<GatewayResource> Gateways { get; private init; } = [];

    public ImmutableArray<HttpRouteResource> HttpRoutes { get; private init; } = [];

    public ImmutableArray<ReferenceGrantResource> ReferenceGrants { get; private init; } = [];

    public ImmutableArray<ServiceResource> Services { get; private init; } = [];

    public ImmutableArray<EndpointSliceResource> EndpointSlices { get; private init; } = [];

    public ImmutableArray<SecretResource> Secrets { get; private init; } = [];

    public ImmutableArray<NamespaceResource> Namespaces { get; private init; } = [];

    /// <summary>Sorts objects by kind and name; the caller has left one object per key.</summary>
    public static ClusterState From(IEnumerable<Resource> resources)
    {
        Resource[] sorted = [.. resources.OrderBy(resource => resource.Key)];
        return new ClusterState
        {
            GatewayClasses = [.. sorted.OfType<GatewayClassResource>()],
            Gateways = [.. sorted.OfType<GatewayResource>()],
            HttpRoutes = [.. sorted.OfType<HttpRouteResource>()],
            ReferenceGrants = [.. sorted.OfType<ReferenceGrantResource>()],
            Services = [.. sorted.OfType<ServiceResource>()],
            EndpointSlices = [.. sorted.OfType<EndpointSliceResource>()],
            Secrets = [.. sorted.OfType<SecretResource>()],
            Namespaces = [.. sorted.OfType<NamespaceResource>()],
        };
    }
}
