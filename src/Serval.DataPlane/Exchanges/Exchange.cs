using Serval.Config.Compiling;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Exchanges;

/// <summary>
/// One request and its response, or bytes both ways, between two legs. It owns timeouts, attempts, the
/// outcome and the one accounting record.
/// Owner: <see cref="ExchangeTable{TRing}"/>. Bound: <see cref="Limits.Exchanges"/>.
/// </summary>
internal struct Exchange
{
    public ExchangeFlags Flags;
    public MethodKind Method;

    /// <summary>The client's side.</summary>
    public Leg Downstream;

    /// <summary>The endpoint's side, of the current attempt.</summary>
    public Leg Upstream;

    /// <summary>Index of the pinned snapshot in the worker's pins; -1 once nothing of it is needed.</summary>
    public int Pin;

    /// <summary>Rule and backend that decide the response edits; valid while pinned.</summary>
    public int RuleId;
    public CompiledFilters BackendFilters;

    /// <summary>The rule's CORS policy, valid while pinned; -1 for none.</summary>
    public int Cors;

    /// <summary>When the rule has requests sent again, valid while pinned; -1 for never.</summary>
    public int Retry;

    public int Cluster;

    /// <summary>Endpoint of the current or last attempt; -1 for none.</summary>
    public int Endpoint;

    /// <summary>
    /// Endpoints of the attempts that have failed, the last one and the one before; -1 for none.
    /// </summary>
    public int Failed;
    public int FailedBefore;
    public int ConnectTimeoutMs;
    public int Attempts;
    public int Interims;

    /// <summary>Attempts that were made because the rule says so.</summary>
    public int Retries;

    /// <summary>
    /// The request head as it goes upstream, kept until a response begins: buffer (-1 for none), bytes.
    /// </summary>
    public int HeadBuffer;
    public int HeadLength;

    /// <summary>Time of the turn in which the head was complete, microseconds.</summary>
    public long StartMicroseconds;

    /// <summary>
    /// Time of the turns in which the last attempt began and the head of the response was complete,
    /// microseconds; 0 for neither.
    /// </summary>
    public long AttemptMicroseconds;
    public long HeadMicroseconds;

    /// <summary>
    /// What it is known by if nobody in front has named it, and the trace that it begins: both halves.
    /// </summary>
    public ulong RequestIdHigh;
    public ulong RequestIdLow;

    /// <summary>The last error of a connection to an endpoint; 0 for none.</summary>
    public int Errno;

    /// <summary>
    /// Bytes that the client has sent from the head of the request on; known where there is a log.
    /// </summary>
    public long BytesIn;

    /// <summary>
    /// Ends of the exchange's and of the attempt's time, turn clock in milliseconds; 0 for none.
    /// </summary>
    public long RequestDeadlineMs;
    public long AttemptDeadlineMs;
    public int BackendTimeoutMs;

    /// <summary>What the accounting record says.</summary>
    public int ListenerSeries;
    public int RouteSeries;

    /// <summary>Series of the cluster, from when it is chosen on; -1 before.</summary>
    public int ClusterSeries;
    public int Status;
    public Outcome Outcome;

    /// <summary>The rule that the request or the response broke, if one was refused.</summary>
    public Rejection Rejection;

    /// <summary>Bytes that the kernel took for the client, and those of interim heads queued.</summary>
    public long BytesOut;
    public int InterimBytes;

    /// <summary>Trailers that do not go on, of a request and of its response.</summary>
    public TrailerFilter RequestTrailers;
    public TrailerFilter ResponseTrailers;

    public readonly bool Has(ExchangeFlags flag) => (Flags & flag) != 0;

    public void Set(ExchangeFlags flag) => Flags |= flag;

    public void Unset(ExchangeFlags flag) => Flags &= ~flag;
}
