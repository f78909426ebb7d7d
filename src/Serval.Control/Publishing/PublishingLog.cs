using Microsoft.Extensions.Logging;

namespace Serval.Control.Publishing;

/// <summary>What publishing logs. Ids are stable: 2030 to 2039.</summary>
internal static partial class PublishingLog
{
    [LoggerMessage(2030, LogLevel.Warning, "Router {Router} at {Address} cannot be pushed to: {Reason}")]
    public static partial void Failed(ILogger log, string router, string address, string reason);

    [LoggerMessage(2031, LogLevel.Error,
        "Router {Router} refused version {Version}; its last good one serves on: {Reason}")]
    public static partial void Refused(ILogger log, string router, string version, string reason);

    [LoggerMessage(2032, LogLevel.Information,
        "Router {Router} has a newer configuration of another replica; ours is held back")]
    public static partial void StaleTerm(ILogger log, string router);

    [LoggerMessage(2033, LogLevel.Information, "Router {Router} at {Address} is new")]
    public static partial void Added(ILogger log, string router, string address);

    [LoggerMessage(2034, LogLevel.Information, "Router {Router} is gone")]
    public static partial void Removed(ILogger log, string router);

    [LoggerMessage(2036, LogLevel.Error, "Router {Router} cannot use a certificate: {Finding}")]
    public static partial void SecretRefused(ILogger log, string router, string finding);

    [LoggerMessage(2035, LogLevel.Error,
        "There are {Count} routers; only the first {Max} by name are published to")]
    public static partial void TooMany(ILogger log, int count, int max);
}
