using System.Collections.Immutable;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>A ListenerSet whose parent is a Gateway of an accepted class.</summary>
internal sealed record ResolvedListenerSet
{
    public required ListenerSetResource Source { get; init; }

    public required Verdict Accepted { get; init; }

    /// <summary>In their written order.</summary>
    public required ImmutableArray<ResolvedListener> Listeners { get; init; }
}
