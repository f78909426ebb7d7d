using Serval.Config.Model;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Workers;

/// <summary>What a worker is made with.</summary>
internal sealed record WorkerOptions
{
    public required int Index { get; init; }

    /// <summary>
    /// Connection slots, and so direct descriptors; at most <see cref="Limits.ConnectionSlots"/>.
    /// </summary>
    public required int ConnectionSlots { get; init; }

    /// <summary>Whole buffers.</summary>
    public int Buffers { get; init; } = Limits.Buffers;

    /// <summary>Small buffers.</summary>
    public int SmallBuffers { get; init; } = Limits.SmallBuffers;

    public required Timeouts Timeouts { get; init; }

    public bool WritesReasonHeader { get; init; } = true;

    /// <summary>What the operator decides about requests.</summary>
    public RequestPolicy Requests { get; init; } = RequestPolicy.Default;

    /// <summary>What becomes of paths where a listener does not say; not Router.</summary>
    public PathPolicy PathPolicy { get; init; } = PathPolicy.Default;

    /// <summary>Whether a client that has ended its half while it waits is still answered.</summary>
    public bool ServesHalfClosed { get; init; }

    /// <summary>Whether it counts by endpoint too.</summary>
    public bool CountsEndpoints { get; init; }

    /// <summary>Whether exchanges have an id that clients and upstreams are told.</summary>
    public bool AddsRequestIds { get; init; } = true;

    /// <summary>Peers that are believed when they say who asked.</summary>
    public TrustedProxies TrustedProxies { get; init; } = TrustedProxies.None;

    /// <summary>Queue of the access log; null writes none.</summary>
    public AccessLogQueue? AccessLog { get; init; }

    /// <summary>Seed of the worker's random bits.</summary>
    public required ulong Seed { get; init; }
}
