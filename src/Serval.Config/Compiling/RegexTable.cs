using System.Text.RegularExpressions;

namespace Serval.Config.Compiling;

/// <summary>
/// Regular expressions by id. Each runs in time linear in its input; concurrent use is safe, and allocates
/// only
/// while an automaton grows or when several threads first meet in the same expression.
/// </summary>
internal sealed class RegexTable(Regex[] regexes)
{
    private long _overflows;

    /// <summary>How many different expressions there are.</summary>
    public int Count => regexes.Length;

    /// <summary>
    /// How often a value was longer than <see cref="ConfigLimits.RegexInputBytes"/>, and so did not match.
    /// </summary>
    public long Overflows => Volatile.Read(ref _overflows);

    /// <summary>True when the whole text matches.</summary>
    public bool IsMatch(int id, ReadOnlySpan<char> text) => regexes[id].IsMatch(text);

    /// <summary>Counts a value that was too long.</summary>
    public void CountOverflow() => Interlocked.Increment(ref _overflows);
}
