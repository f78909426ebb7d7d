using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Control.Resolving;

/// <summary>The objects of this controller with every reference followed and every decision taken.</summary>
internal sealed record Graph
{
    public required ImmutableArray<ResolvedClass> Classes { get; init; }

    public required ImmutableArray<ResolvedGateway> Gateways { get; init; }

    public required ImmutableArray<ResolvedRoute> Routes { get; init; }

    /// <summary>Endpoints of every cluster that some route refers to, by cluster name.</summary>
    public required IReadOnlyDictionary<string, ImmutableArray<Endpoint>> Endpoints { get; init; }
}
