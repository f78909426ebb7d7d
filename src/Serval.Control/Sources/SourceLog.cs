using Microsoft.Extensions.Logging;

namespace Serval.Control.Sources;

/// <summary>What the source logs. Ids are stable: 2040 to 2049.</summary>
internal static partial class SourceLog
{
    [LoggerMessage(2040, LogLevel.Error, "{Object} cannot be read and keeps what it was before: {Reason}")]
    public static partial void Unreadable(ILogger log, string @object, string reason);

    [LoggerMessage(2041, LogLevel.Error,
        "{Count} objects are referred to; only the first {Max} are watched, the others read as missing")]
    public static partial void TooManyReferenced(ILogger log, int count, int max);

    [LoggerMessage(2042, LogLevel.Warning,
        "{Object} could not be read within {Seconds} s; the configuration goes on without it")]
    public static partial void ReferencedLate(ILogger log, string @object, int seconds);

    [LoggerMessage(2043, LogLevel.Information, "Every kind is synced: {Count} objects")]
    public static partial void Synced(ILogger log, int count);
}
