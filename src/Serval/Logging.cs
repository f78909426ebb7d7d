using Microsoft.Extensions.Logging;

namespace Serval.CommandLine;

/// <summary>How this process logs: one line for each entry, to the standard error, as systemd and kubectl expect.</summary>
internal static class Logging
{
    /// <summary>Creates the loggers of the process.</summary>
    public static ILoggerFactory Create(LogLevel level) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(level)
        // Kestrel tells of every connection at these levels; its warnings are worth reading.
        .AddFilter("Microsoft.AspNetCore", level > LogLevel.Warning ? level : LogLevel.Warning)
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        .AddSimpleConsole(line =>
        {
            line.SingleLine = true;
            line.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            line.UseUtcTimestamp = true;
        }));
}
