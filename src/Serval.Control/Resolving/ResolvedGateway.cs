using System.Collections.Immutable;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>A Gateway of an accepted class.</summary>
internal sealed record ResolvedGateway
{
    public required GatewayResource Source { get; init; }

    public required Verdict Accepted { get; init; }

    /// <summary>IP literals to bind; empty means all.</summary>
    public required ImmutableArray<string> Addresses { get; init; }

    /// <summary>In their written order.</summary>
    public required ImmutableArray<ResolvedListener> Listeners { get; init; }
}
