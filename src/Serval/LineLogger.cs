using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine;

/// <summary>
/// One line for each entry. The framework's console logger does the same with a thread, a queue and
/// dependency injection, which an idle router would carry in memory all its life. Bound: a writer that does
/// not take the line holds up whoever logs; workers log only changes of state.
/// </summary>
internal sealed class LineLogger : ILogger
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private const string Reset = "\e[0m";
    private const string Dim = "\e[2m";
    private readonly string _category;
    private readonly TextWriter _output;
    private readonly TimeProvider _clock;
    private readonly LineStyle _style;

    private LineLogger(string category, TextWriter output, TimeProvider clock, LineStyle style)
    {
        _category = category;
        _output = output;
        _clock = clock;
        _style = style;
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
        string message = formatter(state, exception);
        if (exception is not null)
            message += $": {exception}";
        string line = _style == LineStyle.Json
            ? Json(logLevel, eventId.Id, message)
            : Text(logLevel, eventId.Id, Escape(message));
        lock (_output)
            _output.Write(line);
    }

    // What a peer or a file put into a message must neither look like a line of ours nor command a terminal.
    private static string Escape(string message)
    {
        if (!message.Any(char.IsControl))
            return message;
        StringBuilder text = new();
        foreach (char letter in message)
        {
            _ = letter switch
            {
                '\r' => text.Append("\\r"),
                '\n' => text.Append("\\n"),
                _ when char.IsControl(letter) => text.Append(
                    CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"),
                _ => text.Append(letter),
            };
        }
        return text.ToString();
    }

    private string Text(LogLevel level, int id, string message)
    {
        string time = _clock.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture);
        return _style switch
        {
            LineStyle.Journal => $"<{Priority(level)}>E{id} {_category}: {message}\n",
            LineStyle.Coloured => $"{Dim}{time}{Reset} {Colour(level)}{Word(level)}{Reset} "
                + $"{Dim}E{id} {_category}:{Reset} {message}\n",
            _ => $"{time} {Word(level)} E{id} {_category}: {message}\n",
        };
    }

    private string Json(LogLevel level, int id, string message)
    {
        ArrayBufferWriter<byte> line = new();
        JsonWriterOptions options = new() { Encoder = FindingJson.Options.Encoder };
        using (Utf8JsonWriter json = new(line, options))
        {
            json.WriteStartObject();
            json.WriteString("time", _clock.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture));
            json.WriteString("level", Word(level));
            json.WriteString("event", string.Create(CultureInfo.InvariantCulture, $"E{id}"));
            json.WriteString("category", _category);
            json.WriteString("message", message);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(line.WrittenSpan) + "\n";
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

    // sd-daemon(3).
    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => 7,
        LogLevel.Information => 6,
        LogLevel.Warning => 4,
        LogLevel.Error => 3,
        _ => 2,
    };

    private static string Colour(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => Dim,
        LogLevel.Information => "\e[32m",
        LogLevel.Warning => "\e[33m",
        _ => "\e[1;31m",
    };

    /// <summary>Creates a logger for each category.</summary>
    /// <param name="output">Where lines go.</param>
    /// <param name="clock">What time they carry.</param>
    /// <param name="style">How they are written.</param>
    internal sealed class Provider(TextWriter output, TimeProvider clock, LineStyle style) : ILoggerProvider
    {
        /// <inheritdoc/>
        public ILogger CreateLogger(string categoryName) =>
            new LineLogger(categoryName, output, clock, style);

        /// <inheritdoc/>
        public void Dispose() => output.Flush();
    }
}
