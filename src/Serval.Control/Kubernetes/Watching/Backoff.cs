namespace Serval.Control.Kubernetes.Watching;

/// <summary>
/// How long to wait before the next try: doubled with every failure, with jitter so that many clients do not
/// return together, and from the start again after a healthy time. Owner: one loop.
/// </summary>
internal sealed class Backoff(TimeProvider time, Random random)
{
    private long? _failedAt;
    private int _nextMs = KubernetesLimits.BackoffMs;

    /// <summary>The pause after one more failure.</summary>
    /// <param name="retryAfter">The least that the server asked for.</param>
    public TimeSpan Next(TimeSpan? retryAfter = null)
    {
        if (_failedAt is { } last
            && time.GetElapsedTime(last).TotalMilliseconds >= KubernetesLimits.BackoffResetMs)
            _nextMs = KubernetesLimits.BackoffMs;
        _failedAt = time.GetTimestamp();
        // From the delay to twice the delay.
        double jittered = _nextMs * (1 + random.NextDouble());
        _nextMs = Math.Min(_nextMs * 2, KubernetesLimits.BackoffMaxMs);
        double least = retryAfter is { } asked ? asked.TotalMilliseconds * (1 + (random.NextDouble() / 4))
            : 0;
        return TimeSpan.FromMilliseconds(Math.Max(jittered, least));
    }
}
