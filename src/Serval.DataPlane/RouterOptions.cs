using System.Collections.Immutable;
using System.Net;
using Serval.Config.Model;
using Serval.DataPlane.Http;

namespace Serval.DataPlane;

/// <summary>How a router is started.</summary>
public sealed record RouterOptions
{
    /// <summary>Worker threads, each with a ring of its own; 0 means one per processor in use.</summary>
    public int Workers { get; init; }

    /// <summary>Processors to pin workers to, in order; empty means all that the process may use.</summary>
    public ImmutableArray<int> Cpus { get; init; } = [];

    /// <summary>Whether Serval's own answers carry <c>X-Serval-Reason</c>.</summary>
    public bool WritesReasonHeader { get; init; } = true;

    /// <summary>
    /// Whether TRACE goes upstream, to echo what a browser may not read; otherwise it is answered 405.
    /// </summary>
    public bool ForwardsTrace { get; init; }

    /// <summary>What becomes of header names with more than one reading.</summary>
    public AmbiguousNames AmbiguousNames { get; init; }

    /// <summary>
    /// What becomes of paths with more than one reading where a listener does not say; not
    /// <see cref="PathPolicy.Router"/>.
    /// </summary>
    public PathPolicy PathPolicy { get; init; } = PathPolicy.Default;

    /// <summary>
    /// Whether a client that ends its half of the connection while it waits is still answered. Otherwise it
    /// counts as gone and its request is cancelled, unless the request was HTTP/1.0 or said
    /// <c>Connection: close</c>.
    /// </summary>
    public bool ServesHalfClosed { get; init; }

    /// <summary>Whether metrics have series for endpoints too, not for clusters alone.</summary>
    public bool CountsEndpoints { get; init; }

    /// <summary>Whether clients and upstreams are told the id of their exchange, X-Request-Id.</summary>
    public bool AddsRequestIds { get; init; } = true;

    /// <summary>
    /// Whether a request without a valid <c>traceparent</c> gets one, and one that is not valid is replaced;
    /// otherwise the field is left alone.
    /// </summary>
    public bool MakesTraceParents { get; init; } = true;

    /// <summary>
    /// Peers that are believed when they say who asked; at most <see cref="TrustedProxiesMax"/>.
    /// </summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>How many networks of trusted proxies there may be.</summary>
    public static int TrustedProxiesMax => Limits.TrustedProxies;

    /// <summary>What of it concerns the heads of requests.</summary>
    internal RequestPolicy Requests => new(ForwardsTrace, AmbiguousNames, MakesTraceParents);

    /// <summary>The clock that certificates age by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long a worker waits for what.</summary>
    public Timeouts Timeouts { get; init; } = new();

    /// <summary>Where access records go; null writes none.</summary>
    public AccessLogOptions? AccessLog { get; init; }
}
