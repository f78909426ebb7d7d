using System.Collections.Immutable;

namespace Serval.Control.Publishing;

/// <summary>What is known of all routers. Immutable.</summary>
/// <param name="Routers">Sorted by name.</param>
public sealed record FleetState(ImmutableArray<RouterState> Routers)
{
    /// <summary>No router.</summary>
    public static FleetState None { get; } = new([]);

    /// <summary>
    /// Routers beyond <see cref="PublishingLimits.RoutersMax"/>, which nothing is pushed to.
    /// </summary>
    public int LeftOut { get; init; }

    /// <summary>Routers that carry traffic.</summary>
    public IEnumerable<RouterState> Ready => Routers.Where(router => router.Endpoint.IsReady);

    /// <summary>True when at least one router carries traffic and all of those run that snapshot.</summary>
    public bool HasAcknowledged(long sequence) =>
        Ready.Any() && Ready.All(router => router.Sequence >= sequence);
}
