using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>
/// When a rule's requests are sent again (Gateway API HTTPRouteRetry). Only requests that may be repeated
/// are: the method is idempotent (RFC 9110 §9.2.2) and nothing of a body was sent. Failed connects are tried
/// again whatever the method is.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>Statuses of responses after which a request is sent again, 400 to 599.</summary>
    public ImmutableArray<int> Codes { get; init; } = [];

    /// <summary>How often a request is sent again at most, after the first time; 1 or more.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>
    /// Shortest time before a request is sent again, milliseconds; it is doubled with each time, up to the
    /// router's own bound, and up to a half is left to chance on top.
    /// </summary>
    public int BackoffMs { get; init; } = 25;
}
