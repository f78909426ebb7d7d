using Serval.Config;

namespace Serval.DataPlane.Admin;

/// <summary>The bounds of the admin API. <c>docs/limits.md</c> lists them with their effects.</summary>
public static class AdminLimits
{
    /// <summary>Connections at once; one more is closed as soon as it is accepted.</summary>
    public const int ConnectionsMax = 64;

    /// <summary>
    /// Bytes of a request's body, which only <c>PUT /config</c> and <c>PUT /secrets</c> have; more answers
    /// 413.
    /// </summary>
    public const int ConfigBytesMax = ConfigLimits.PushBytes;

    /// <summary>Bytes of a request's headers; more answers 431.</summary>
    public const int HeaderBytesMax = 16 * 1024;

    /// <summary>Time for a request's headers to arrive; then 408 and close.</summary>
    public const int HeaderTimeoutMs = 5_000;

    /// <summary>Time for a whole request and its answer; then the connection is reset.</summary>
    public const int RequestTimeoutMs = 30_000;

    /// <summary>Time a connection may idle between requests; then it is closed.</summary>
    public const int IdleTimeoutMs = 30_000;

    /// <summary>Explanations that wait for their turn; one more answers 503.</summary>
    public const int ExplanationsWaiting = 8;

    /// <summary>
    /// Certificates with an expiry metric of their own, the first by name; others have none.
    /// </summary>
    public const int CertificateSeries = 1_000;
}
