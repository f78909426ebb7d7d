using Serval.Config.Compiling;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// A compiled snapshot together with what ties it to this router: stable slots for its clusters, series and
/// sockets. Immutable; published by one pointer store.
/// </summary>
internal sealed class PublishedSnapshot
{
    /// <summary>Its place in the order of publications, from 1.</summary>
    public required long Sequence { get; init; }

    public required CompiledSnapshot Tables { get; init; }

    /// <summary>Cluster slot by the cluster's number.</summary>
    public required int[] ClusterSlots { get; init; }

    /// <summary>Connect timeout in milliseconds by the cluster's number; 0 for the router's own.</summary>
    public required int[] ConnectTimeoutsMs { get; init; }

    /// <summary>Metric series by the route's number and by listener index.</summary>
    public required int[] RouteSeries { get; init; }

    public required int[] ListenerSeries { get; init; }

    /// <summary>Names of listeners by listener index, for the access log.</summary>
    public required string[] ListenerNames { get; init; }

    /// <summary>What each listener does with TLS, by listener index; null for one without.</summary>
    public ListenerSecurity?[] Securities { get; init; } = [];

    /// <summary>Whether a listener speaks TLS.</summary>
    public bool HasTls { get; init; }

    /// <summary>
    /// By listener index, what tells listeners apart from one snapshot to the next: the same listener keeps
    /// its number.
    /// </summary>
    public int[] ListenerIds { get; init; } = [];

    /// <summary>What connections begin with, by socket id.</summary>
    public OpeningKind[] Openings { get; init; } = new OpeningKind[Limits.ListenSockets];

    /// <summary>Listener group by socket id; -1 when the socket is no longer served.</summary>
    public required int[] GroupOfSocket { get; init; }
}
