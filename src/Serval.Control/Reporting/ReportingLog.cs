using Microsoft.Extensions.Logging;

namespace Serval.Control.Reporting;

/// <summary>What writing status logs. Ids are stable: 2050 to 2059.</summary>
internal static partial class ReportingLog
{
    [LoggerMessage(2050, LogLevel.Warning, "The status of {Object} could not be written: {Reason}")]
    public static partial void WriteFailed(ILogger log, string @object, string reason);

    [LoggerMessage(2051, LogLevel.Warning,
        "The API server is overloaded ({Object}): statuses wait for {PauseMs} ms")]
    public static partial void Paused(ILogger log, string @object, int pauseMs);
}
