using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Serval.CommandLine;

/// <summary>
/// One line for each entry: time, level, category with event id, message. The framework's console logger does
/// the same with a thread, a queue and dependency injection, which an idle router would carry in memory all
/// its life. Bound: a writer that does not take the line holds up whoever logs; workers log only changes of
/// state.
/// </summary>
internal sealed class LineLogger : ILogger
{
    private readonly string _category;
    private readonly TextWriter _output;
    private readonly TimeProvider _clock;

    private LineLogger(string category, TextWriter output, TimeProvider clock)
    {
        _category = category;
        _output = output;
        _clock = clock;
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        StringBuilder line = new();
        line.Append(
            CultureInfo.InvariantCulture, $"{_clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {Word(logLevel)} ")
            .Append(CultureInfo.InvariantCulture, $"{_category}[{eventId.Id}] ")
            .Append(formatter(state, exception));
        if (exception is not null)
            line.Append(": ").Append(exception);
        // What a peer or a file put into a message must not look like a line of ours.
        line.Replace("\r", "\\r").Replace("\n", "\\n").Append('\n');
        lock (_output)
            _output.Write(line.ToString());
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };

    /// <summary>Creates a logger for each category.</summary>
    /// <param name="output">Where lines go.</param>
    /// <param name="clock">What time they carry.</param>
    internal sealed class Provider(TextWriter output, TimeProvider clock) : ILoggerProvider
    {
        /// <inheritdoc/>
        public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName, output, clock);

        /// <inheritdoc/>
        public void Dispose() => output.Flush();
    }
}
