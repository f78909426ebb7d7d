using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>Endpoints that are in another cluster of a mesh.</summary>
/// <param name="Cluster">Name of that cluster in the mesh; not that of a <see cref="Model.Cluster"/>.</param>
/// <param name="Endpoints">Sorted by address, then port.</param>
public sealed record EndpointSource(string Cluster, ImmutableArray<Endpoint> Endpoints);
