namespace Serval.DataPlane.Accounting;

/// <summary>
/// What one worker has counted for each cluster, or for each endpoint. A series is one row, so that an
/// exchange touches two or three neighbouring cache lines. Written by the worker alone with plain stores,
/// read by anyone. Owner: one worker. Bound: fixed when it is created; the row behind the last series is for
/// <c>_other</c>.
/// </summary>
/// <param name="series">Series with a name of their own.</param>
internal sealed class UpstreamCounters(int series)
{
    private const int InFlightAt = WorkerCounters.StatusClasses;
    private const int ConnectsAt = InFlightAt + 1;
    private const int LatencySumAt = ConnectsAt + 1;
    private const int BucketsAt = LatencySumAt + 1;
    private static readonly int FailuresAt = BucketsAt + LatencyBuckets.Count;
    private static readonly int RowWords = FailuresAt + ConnectFailures.Count;
    private readonly long[] _rows = new long[(series + 1) * RowWords];

    /// <summary>Series with a name of their own; also the index of the row for all others.</summary>
    public int Series => series;

    /// <summary>An exchange has chosen the cluster, or came to the endpoint.</summary>
    public void Enter(int row) => _rows[(row * RowWords) + InFlightAt]++;

    /// <summary>It has ended, or left the endpoint.</summary>
    public void Leave(int row) => _rows[(row * RowWords) + InFlightAt]--;

    /// <summary>An exchange was answered.</summary>
    /// <param name="row">The series.</param>
    /// <param name="status">Status sent to the client; 0 when nothing was sent.</param>
    /// <param name="microseconds">
    /// From the start of the last attempt to the head of its response; negative when none came.
    /// </param>
    public void Answer(int row, int status, long microseconds)
    {
        Span<long> counts = _rows.AsSpan(row * RowWords, RowWords);
        if (status != 0)
            counts[Math.Clamp((status / 100) - 1, 0, WorkerCounters.StatusClasses - 1)]++;
        if (microseconds < 0) return;
        counts[BucketsAt + LatencyBuckets.IndexOf(microseconds)]++;
        counts[LatencySumAt] += microseconds;
    }

    /// <summary>A connection is begun.</summary>
    public void Connect(int row) => _rows[(row * RowWords) + ConnectsAt]++;

    /// <summary>A connection could not be established.</summary>
    public void FailConnect(int row, ConnectFailure kind) =>
        _rows[(row * RowWords) + FailuresAt + (int)kind]++;

    /// <summary>Begins a series anew: its place goes to another name.</summary>
    public void Clear(int row) => _rows.AsSpan(row * RowWords, RowWords).Clear();

    public long ReadStatus(int row, int statusClass) => Read(row, statusClass);

    public long ReadInFlight(int row) => Read(row, InFlightAt);

    public long ReadConnects(int row) => Read(row, ConnectsAt);

    public long ReadLatency(int row, int bucket) => Read(row, BucketsAt + bucket);

    public long ReadLatencySum(int row) => Read(row, LatencySumAt);

    public long ReadConnectFailures(int row, ConnectFailure kind) => Read(row, FailuresAt + (int)kind);

    private long Read(int row, int word) => Volatile.Read(ref _rows[(row * RowWords) + word]);
}
