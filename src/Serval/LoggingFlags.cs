using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Serval.CommandLine;

/// <summary>The options that say how much is logged, and in which form.</summary>
internal sealed class LoggingFlags
{
    private readonly WordOption<LogLevel> _level = new(
        "--log-level", "Least severe entries that are logged", LogLevel.Information,
        ("info", LogLevel.Information), ("information", LogLevel.Information), ("", LogLevel.None));

    private readonly WordOption<LogFormat> _format = new(
        "--log-format", "Text for people, or one JSON object for each line", LogFormat.Text);

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Options.Add(_level.Option);
        verb.Options.Add(_format.Option);
    }

    /// <summary>The loggers of the process.</summary>
    public ILoggerFactory Create(ParseResult parsed) =>
        Logging.Create(_level.Read(parsed), _format.Read(parsed));
}
