using Microsoft.Extensions.Logging;

namespace Serval.Control.Leadership;

/// <summary>What the election logs. Ids are stable: 2020 to 2029.</summary>
internal static partial class LeadershipLog
{
    [LoggerMessage(2020, LogLevel.Information, "{Identity} leads from now on, epoch {Epoch}")]
    public static partial void Leading(ILogger log, string identity, long epoch);

    [LoggerMessage(2021, LogLevel.Information, "{Identity} no longer leads")]
    public static partial void NotLeading(ILogger log, string identity);

    [LoggerMessage(2022, LogLevel.Warning, "The lease could not be read or written: {Reason}")]
    public static partial void RenewalFailed(ILogger log, string reason);

    [LoggerMessage(2023, LogLevel.Error, "The work of the leader failed and is started again: {Reason}")]
    public static partial void WorkFailed(ILogger log, string reason);
}
