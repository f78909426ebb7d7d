namespace Serval.Control.Leadership;

/// <summary>Which lease decides who leads, and with what times.</summary>
/// <param name="Namespace">Namespace of the Lease.</param>
/// <param name="Name">Name of the Lease.</param>
/// <param name="Identity">Name of this replica, unique: pod and UID.</param>
internal sealed record LeaseOptions(string Namespace, string Name, string Identity)
{
    /// <summary>See <see cref="LeadershipLimits.LeaseSeconds"/>.</summary>
    public int LeaseSeconds { get; init; } = LeadershipLimits.LeaseSeconds;

    /// <summary>See <see cref="LeadershipLimits.RenewDeadlineMs"/>.</summary>
    public int RenewDeadlineMs { get; init; } = LeadershipLimits.RenewDeadlineMs;

    /// <summary>See <see cref="LeadershipLimits.RetryPeriodMs"/>.</summary>
    public int RetryPeriodMs { get; init; } = LeadershipLimits.RetryPeriodMs;

    /// <summary>
    /// Says why these times are refused; null when they are fine. With others two replicas could lead at
    /// once.
    /// </summary>
    public string? FindFault() =>
        LeaseSeconds * 1_000 > RenewDeadlineMs && RenewDeadlineMs > 1.2 * RetryPeriodMs
            ? null
            : "The lease must be longer than its renewal deadline, and that longer than 1.2 retry periods.";
}
