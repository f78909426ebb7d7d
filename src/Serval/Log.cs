using Microsoft.Extensions.Logging;

namespace Serval.CommandLine;

/// <summary>What the command line logs. Ids are stable: 100 to 199.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "serval {Version} starts as {Role}")]
    public static partial void Starting(ILogger log, string version, string role);

    [LoggerMessage(101, LogLevel.Information, "admin API on {Scheme}://{Endpoint}")]
    public static partial void AdminListening(ILogger log, string scheme, string endpoint);

    [LoggerMessage(104, LogLevel.Error, "{Finding}")]
    public static partial void ErrorFound(ILogger log, string finding);

    [LoggerMessage(105, LogLevel.Warning, "{Finding}")]
    public static partial void WarningFound(ILogger log, string finding);

    [LoggerMessage(106, LogLevel.Debug, "{Finding}")]
    public static partial void NoticeFound(ILogger log, string finding);

    [LoggerMessage(107, LogLevel.Information,
        "{Signal}: draining, at most {Seconds} s; once more stops at once")]
    public static partial void Draining(ILogger log, string signal, double seconds);

    [LoggerMessage(108, LogLevel.Warning, "second signal: stopping at once")]
    public static partial void StoppingAtOnce(ILogger log);

    [LoggerMessage(109, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(110, LogLevel.Error, "cannot start: {Reason}")]
    public static partial void CannotStart(ILogger log, string reason);

    [LoggerMessage(111, LogLevel.Error,
        "no more configurations will come, what is live stays live: {Reason}")]
    public static partial void FeedEnded(ILogger log, string reason);

    [LoggerMessage(112, LogLevel.Warning, "the configuration could not be kept on disk: {Reason}")]
    public static partial void NotKept(ILogger log, string reason);

    [LoggerMessage(113, LogLevel.Information,
        "no configuration is kept in {Directory}; waiting for PUT /config")]
    public static partial void NothingKept(ILogger log, string directory);

    [LoggerMessage(116, LogLevel.Information, "gRPC and probes on {Address}")]
    public static partial void VppGatewayListening(ILogger log, string address);

    [LoggerMessage(115, LogLevel.Warning,
        "{Path} has errors: the last good configuration {Version} is served until it has none")]
    public static partial void ServingKept(ILogger log, string version, string path);

    [LoggerMessage(117, LogLevel.Error, "a changed file cannot be read, what it held before stays: {Reason}")]
    public static partial void NotRenewed(ILogger log, string reason);

    [LoggerMessage(114, LogLevel.Information, "echo on http://{Endpoint}")]
    public static partial void EchoListening(ILogger log, string endpoint);

    [LoggerMessage(119, LogLevel.Information,
        "SIGHUP: read again; {Version} is live, {Errors} errors and {Warnings} warnings (GET /findings)")]
    public static partial void ReadAgain(ILogger log, string? version, int errors, int warnings);

    [LoggerMessage(120, LogLevel.Error,
        "SIGHUP: read again and refused; {Version} stays live, {Errors} errors (GET /findings)")]
    public static partial void ReadAgainAndRefused(ILogger log, string? version, int errors);

    [LoggerMessage(121, LogLevel.Error, "SIGHUP: not read again, what is live stays live: {Reason}")]
    public static partial void NotReadAgain(ILogger log, string reason);

    [LoggerMessage(122, LogLevel.Information,
        "SIGHUP: there is nothing to read again; this role takes what is pushed to PUT /config")]
    public static partial void NothingToRead(ILogger log);

    [LoggerMessage(123, LogLevel.Information, "SIGUSR1: the access log is opened anew")]
    public static partial void LogsOpened(ILogger log);

    [LoggerMessage(124, LogLevel.Error,
        "SIGUSR1: the access log cannot be opened anew, the old file is written on: {Reason}")]
    public static partial void LogsNotOpened(ILogger log, string reason);

    [LoggerMessage(125, LogLevel.Warning,
        "the keys of certificates could not be kept on disk; a restart waits for the gateway: {Reason}")]
    public static partial void SecretsNotKept(ILogger log, string reason);

    [LoggerMessage(126, LogLevel.Error,
        "the keys of certificates on disk cannot be used, they are waited for (PUT /secrets): {Reason}")]
    public static partial void SecretsNotRestored(ILogger log, string reason);

    [LoggerMessage(127, LogLevel.Warning,
        "no key is held for the certificates {Names}; they are waited for (PUT /secrets)")]
    public static partial void WaitsForKeys(ILogger log, string names);

    [LoggerMessage(118, LogLevel.Critical, "the gateway failed: {Reason}")]
    public static partial void GatewayFailed(ILogger log, string reason);

    [LoggerMessage(128, LogLevel.Warning, "systemd cannot be told how the service is: {Reason}")]
    public static partial void NotNotified(ILogger log, string reason);

    [LoggerMessage(129, LogLevel.Error,
        "{Count} workers take no turns; the watchdog of systemd is not told that the service is well")]
    public static partial void WorkersStill(ILogger log, int count);
}
