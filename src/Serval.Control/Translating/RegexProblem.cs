using System.Text.RegularExpressions;

namespace Serval.Control.Translating;

/// <summary>Tells why a regular expression cannot be used: it must match in linear time.</summary>
internal static class RegexProblem
{
    /// <summary>Null when the expression is fine.</summary>
    public static string? Of(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return null;
        }
        catch (NotSupportedException)
        {
            return "This regular expression needs backtracking (backreferences, lookarounds) or is too large; write it without.";
        }
        catch (ArgumentException exception)
        {
            return $"This is no regular expression: {exception.Message}";
        }
    }
}
