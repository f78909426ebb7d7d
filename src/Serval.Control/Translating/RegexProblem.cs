using System.Text.RegularExpressions;
using Serval.Config;

namespace Serval.Control.Translating;

/// <summary>Tells why a regular expression cannot be used: it must match in linear time.</summary>
internal static class RegexProblem
{
    /// <summary>Null when the expression is fine.</summary>
    public static string? Of(string pattern)
    {
        if (pattern.Length > ConfigLimits.RegexPatternLength)
            return $"A regular expression has at most {ConfigLimits.RegexPatternLength} characters.";
        try
        {
            const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            _ = new Regex(pattern, Options, Regex.InfiniteMatchTimeout);
            // As it will be used: a comment of mode x could swallow the bracket that closes it.
            _ = new Regex($@"\A(?:{pattern})\z", Options, Regex.InfiniteMatchTimeout);
            return null;
        }
        catch (Exception e) when (e is NotSupportedException or InsufficientExecutionStackException)
        {
            return "This regular expression needs backtracking (backreferences, lookarounds) or is too "
                + "large; write it without.";
        }
        catch (ArgumentException exception)
        {
            return $"This is not a valid regular expression: {exception.Message}";
        }
    }
}
