using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>The ready endpoints of one cluster.</summary>
/// <param name="Cluster">Name of the <see cref="Model.Cluster"/>.</param>
/// <param name="Endpoints">Sorted by address, then port; empty answers 503 at once.</param>
public sealed record EndpointSet(string Cluster, ImmutableArray<Endpoint> Endpoints);
