using Microsoft.Extensions.Logging;

namespace Serval.Control.Acme;

/// <summary>What getting certificates logs. Ids are stable: 2060 to 2069.</summary>
internal static partial class AcmeLog
{
    [LoggerMessage(2060, LogLevel.Information,
        "Got a certificate for {Secret} ({Names}); it is renewed at {DueAt:u}")]
    public static partial void Issued(ILogger log, string secret, string names, DateTimeOffset dueAt);

    [LoggerMessage(2061, LogLevel.Error,
        "No certificate for {Secret} ({Names}): {Reason} Tried at most {Tries} times an hour")]
    public static partial void Failed(ILogger log, string secret, string names, string reason, int tries);

    [LoggerMessage(2064, LogLevel.Warning,
        "A certificate for {Secret} was tried for {Tries} times within the hour; next try at {Next:u}")]
    public static partial void TooOften(ILogger log, string secret, int tries, DateTimeOffset next);

    [LoggerMessage(2062, LogLevel.Error, "Certificates cannot be got or renewed for now: {Reason}")]
    public static partial void Stuck(ILogger log, string reason);

    [LoggerMessage(2065, LogLevel.Error,
        "The certificate for {Secret} will not hold {Names}: neither HTTP-01 nor TLS-ALPN-01 proves "
        + "wildcards, and a certificate at most {Max} names. Put a Secret for these names into the files")]
    public static partial void LeftOut(ILogger log, string secret, string names, int max);

    [LoggerMessage(2066, LogLevel.Error,
        "No certificate can be got for {Secret}: no listener that names it has a hostname. Give it one")]
    public static partial void NoHostname(ILogger log, string secret);

    [LoggerMessage(2068, LogLevel.Error,
        "The certificate for {Secret} is served but cannot be kept, so a restart gets another one: {Reason}")]
    public static partial void NotKept(ILogger log, string secret, string reason);

    [LoggerMessage(2063, LogLevel.Warning,
        "The certificate kept for {Secret} cannot be read, a new one is got: {Reason}")]
    public static partial void Unreadable(ILogger log, string secret, string reason);
}
