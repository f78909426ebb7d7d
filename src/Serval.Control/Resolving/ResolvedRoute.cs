using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>An HTTPRoute that names at least one Gateway of ours.</summary>
internal sealed record ResolvedRoute
{
    public required HttpRouteResource Source { get; init; }

    /// <summary>Parents of ours, in their written order.</summary>
    public required ImmutableArray<ResolvedParent> Parents { get; init; }

    public required ImmutableArray<HttpRule> Rules { get; init; }
}
