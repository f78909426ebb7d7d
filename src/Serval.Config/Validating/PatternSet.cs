using System.Text.RegularExpressions;

namespace Serval.Config.Validating;

/// <summary>
/// Compiles regular expressions once each. They match the whole value, compare ordinally and run in linear
/// time,
/// so back-references and look-arounds are refused.
/// </summary>
internal sealed class PatternSet
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<Regex> _regexes = [];
    private readonly List<string> _patterns = [];

    /// <summary>Every expression so far, by id.</summary>
    public Regex[] ToArray() => [.. _regexes];

    /// <summary>A pattern by id.</summary>
    public string Pattern(int id) => _patterns[id];

    /// <summary>The id of a pattern, or why it cannot be used.</summary>
    public int TryAdd(string pattern, out string? problem)
    {
        problem = null;
        if (_ids.TryGetValue(pattern, out int id))
            return id;
        if (pattern.Length > ConfigLimits.RegexPatternLength)
        {
            problem = $"it is longer than {ConfigLimits.RegexPatternLength} characters";
            return -1;
        }

        if (_regexes.Count >= ConfigLimits.RegexPatterns)
        {
            problem = $"there are more than {ConfigLimits.RegexPatterns} different ones";
            return -1;
        }

        try
        {
            const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            _ = new Regex(pattern, Options); // Alone first: "a)(b" would be well formed inside the anchors.
            _regexes.Add(new Regex($@"\A(?:{pattern})\z", Options));
        }
        catch (Exception e) when (
            e is ArgumentException or NotSupportedException or InsufficientExecutionStackException)
        {
            problem = e.Message;
            return -1;
        }

        _patterns.Add(pattern);
        _ids.Add(pattern, _regexes.Count - 1);
        return _regexes.Count - 1;
    }
}
