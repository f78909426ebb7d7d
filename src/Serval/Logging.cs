using Microsoft.Extensions.Logging;

namespace Serval.CommandLine;

/// <summary>How this process logs.</summary>
internal static class Logging
{
    /// <summary>Creates the loggers of the process.</summary>
    public static ILoggerFactory Create(LogLevel level, LogFormat format)
    {
        LoggerFilterOptions filter = new() { MinLevel = level };
        // Kestrel tells of every connection at lower levels; its warnings are worth reading.
        LogLevel kestrel = level > LogLevel.Warning ? level : LogLevel.Warning;
        filter.Rules.Add(new LoggerFilterRule(null, "Microsoft.AspNetCore", kestrel, null));
        // A check that fails is an answer to whoever asks for health, once a second to those who watch.
        filter.Rules.Add(new LoggerFilterRule(
            null, "Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None, null));
        // As an error it prints the stack of what keeps a role from starting; the role says the reason.
        filter.Rules.Add(new LoggerFilterRule(
            null, "Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical, null));
        LineStyle style = format == LogFormat.Json ? LineStyle.Json
            : Terminal.TakesColours ? LineStyle.Coloured
            : Journal.ReadsStandardError ? LineStyle.Journal
            : LineStyle.Plain;
        return new LoggerFactory(
            [new LineLogger.Provider(Console.Error, TimeProvider.System, style)], filter);
    }
}
