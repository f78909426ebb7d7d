using System.CommandLine;
using System.CommandLine.Parsing;
using Serval.Common;

namespace Serval.CommandLine;

/// <summary>Options whose value is a length of time, such as <c>3s</c> or <c>1h30m</c>.</summary>
internal static class DurationOption
{
    /// <summary>Makes one.</summary>
    /// <param name="name">Its name, with hyphens.</param>
    /// <param name="description">What it says, for the help.</param>
    /// <param name="standard">Its value when absent.</param>
    /// <param name="least">Shortest value, milliseconds.</param>
    /// <param name="most">Longest value, milliseconds.</param>
    /// <param name="step">What it must be a multiple of, milliseconds.</param>
    public static Option<Duration> Create(
        string name, string description, Duration standard, long least = 1, long most = int.MaxValue,
        long step = 1) =>
        new(name)
        {
            HelpName = "DURATION",
            Description = description,
            DefaultValueFactory = _ => standard,
            CustomParser = result => Parse(result, name, least, most, step),
        };

    private static Duration Parse(
        ArgumentResult result, string name, long least, long most, long step)
    {
        string text = result.Tokens[0].Value;
        if (!Duration.TryParse(text, out long milliseconds))
            result.AddError($"{name}: {text} is not a duration, such as 500ms, 3s or 1h30m.");
        else if (milliseconds < least || milliseconds > most)
            result.AddError(
                $"{name} must be from {new Duration(least)} to {new Duration(most)}; {text} is not.");
        else if (milliseconds % step != 0)
            result.AddError($"{name} must be a multiple of {new Duration(step)}; {text} is not.");
        return new Duration(milliseconds);
    }
}
