using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Control.Resolving;

/// <summary>
/// A cluster that some route names, with its endpoints and what there is to say about them.
/// </summary>
internal sealed record ResolvedCluster(
    ClusterSource Source, EndpointSet Endpoints, ImmutableArray<Finding> Findings);
