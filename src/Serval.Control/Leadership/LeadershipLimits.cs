namespace Serval.Control.Leadership;

/// <summary>
/// Times of the election. A lease outlives the deadline by which its holder stops working, and that outlives
/// a few tries to renew, so two leaders never work at once.
/// </summary>
internal static class LeadershipLimits
{
    /// <summary>
    /// Time that others wait after the last renewal they saw before they take the lease, seconds.
    /// </summary>
    public const int LeaseSeconds = 15;

    /// <summary>Time after its last successful renewal when a leader stops working by itself.</summary>
    public const int RenewDeadlineMs = 10_000;

    /// <summary>Pause between two tries to acquire or to renew, before jitter.</summary>
    public const int RetryPeriodMs = 2_000;

    /// <summary>Longest time for one request to the lease.</summary>
    public const int RequestTimeoutMs = 5_000;
}
