using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Balancing;

/// <summary>
/// Which endpoints each cluster has, and where they are. Immutable; published by one pointer store, apart
/// from the route tables, so that endpoints come and go without touching them.
/// </summary>
internal sealed class EndpointDirectory
{
    /// <summary>Nothing yet.</summary>
    public static readonly EndpointDirectory Empty = new()
    {
        Sequence = 0,
        Clusters = [],
        Fallback = [],
        Addresses = EndpointAddresses.Empty,
        Retired = [],
    };

    /// <summary>Its place in the order of publications.</summary>
    public required long Sequence { get; init; }

    /// <summary>Preferred endpoint slots by cluster slot; null for an unused slot.</summary>
    public required int[]?[] Clusters { get; init; }

    /// <summary>
    /// By cluster slot, endpoint slots that count only while no preferred one can be used; null for none.
    /// </summary>
    public required int[]?[] Fallback { get; init; }

    /// <summary>Series of the metrics by cluster slot; slots behind the last one have none.</summary>
    public int[] ClusterSeries { get; init; } = [];

    /// <summary>Address by endpoint slot.</summary>
    public required EndpointAddresses Addresses { get; init; }

    /// <summary>
    /// TLS by endpoint slot, null for none; slots behind the last one have none either.
    /// </summary>
    public UpstreamSecurity?[] Securities { get; init; } = [];

    /// <summary>
    /// Endpoint slots that no cluster has any more and that workers may still hold connections to.
    /// </summary>
    public required int[] Retired { get; init; }
}
