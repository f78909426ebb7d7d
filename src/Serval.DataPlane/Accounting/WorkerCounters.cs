using System.Runtime.CompilerServices;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// What one worker has counted. Written by the worker alone with plain stores, read by anyone: 64-bit words
/// are read whole, and a reading may be a few requests old. Owner: one worker. Bound: fixed when it is
/// created.
/// </summary>
/// <param name="countsEndpoints">Whether there are series for endpoints.</param>
internal sealed class WorkerCounters(bool countsEndpoints = false)
{
    /// <summary>1xx to 5xx.</summary>
    public const int StatusClasses = 5;

    /// <summary>The series of exchanges for which no listener was found.</summary>
    public const int UnmatchedListener = Limits.ListenerSeries + 1;

    private readonly long[] _counters = new long[Enum.GetValues<Counter>().Length];
    private readonly long[] _byRoute = new long[(Limits.RouteSeries + 1) * StatusClasses];
    private readonly long[] _byListener = new long[(UnmatchedListener + 1) * StatusClasses];
    private readonly long[] _byOutcome = new long[OutcomeText.Count];
    private readonly long[] _rejections = new long[2 * Rejections.Count];
    private readonly long[] _latency = new long[(UnmatchedListener + 1) * LatencyBuckets.Count];
    private readonly long[] _latencySum = new long[UnmatchedListener + 1];

    /// <summary>TLS handshakes.</summary>
    public HandshakeCounters Handshakes { get; } = new();

    /// <summary>What was counted for clusters.</summary>
    public UpstreamCounters Clusters { get; } = new(Limits.ClusterSeries);

    /// <summary>What was counted for endpoints; null unless that was asked for.</summary>
    public UpstreamCounters? Endpoints { get; } =
        countsEndpoints ? new UpstreamCounters(Limits.EndpointSeries) : null;

    /// <summary>A gauge of downstream connections that are open.</summary>
    public long DownstreamOpen => Volatile.Read(ref _downstreamOpen);

    /// <summary>A gauge of exchanges in progress.</summary>
    public long ExchangesActive => Volatile.Read(ref _exchangesActive);

    /// <summary>A gauge of endpoints that are ejected.</summary>
    public long EndpointsOut => Volatile.Read(ref _endpointsOut);

    private long _endpointsOut;
    private long _downstreamOpen;
    private long _exchangesActive;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Counter counter, long amount = 1) => _counters[(int)counter] += amount;

    public void DownstreamOpened(int change) => _downstreamOpen += change;

    public void EndpointWentOut(int change) => _endpointsOut += change;

    public void ExchangeStarted(int change) => _exchangesActive += change;

    /// <summary>The one record of an exchange.</summary>
    /// <param name="listener">
    /// Series of the listener; <see cref="UnmatchedListener"/> when there was none.
    /// </param>
    /// <param name="route">Series of the route; -1 when none matched.</param>
    /// <param name="status">Status sent; 0 when nothing was.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="microseconds">From the end of the request head to the last byte taken by the
    /// kernel.</param>
    public void Record(int listener, int route, int status, Outcome outcome, long microseconds)
    {
        _byOutcome[(int)outcome]++;
        int statusClass = Math.Clamp((status / 100) - 1, 0, StatusClasses - 1);
        if (status != 0)
        {
            _byListener[(listener * StatusClasses) + statusClass]++;
            if (route >= 0) _byRoute[(route * StatusClasses) + statusClass]++;
        }

        _latency[(listener * LatencyBuckets.Count) + LatencyBuckets.IndexOf(microseconds)]++;
        _latencySum[listener] += microseconds;
    }

    /// <summary>A request, or a response, that was refused for breaking a rule.</summary>
    public void Reject(Rejection rejection, bool isResponse) =>
        _rejections[((isResponse ? 1 : 0) * Rejections.Count) + (int)rejection]++;

    public long ReadRejections(Rejection rejection, bool isResponse) =>
        Volatile.Read(ref _rejections[((isResponse ? 1 : 0) * Rejections.Count) + (int)rejection]);

    public long Read(Counter counter) => Volatile.Read(ref _counters[(int)counter]);

    public long ReadRoute(int route, int statusClass) =>
        Volatile.Read(ref _byRoute[(route * StatusClasses) + statusClass]);

    public long ReadListener(int listener, int statusClass) =>
        Volatile.Read(ref _byListener[(listener * StatusClasses) + statusClass]);

    public long ReadOutcome(Outcome outcome) => Volatile.Read(ref _byOutcome[(int)outcome]);

    public long ReadLatency(int listener, int bucket) =>
        Volatile.Read(ref _latency[(listener * LatencyBuckets.Count) + bucket]);

    public long ReadLatencySum(int listener) => Volatile.Read(ref _latencySum[listener]);
}
