using System.Text.RegularExpressions;

namespace Serval.Config.Validating;

/// <summary>
/// Compiles regular expressions, each once for every reader. They match the whole value, compare ordinally
/// and run in linear time, so back-references and look-arounds are refused.
/// </summary>
/// <param name="readers">
/// How many instances each expression gets. An instance is used by one thread at a time without a lock and
/// without allocating; two threads that meet in one wait for each other while its automaton grows.
/// </param>
/// <param name="known">Expressions that are compiled already and are taken from here; null for none.</param>
internal sealed class PatternSet(int readers = 1, PatternSet? known = null)
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly int _readers = readers;
    private PatternSet? _known = known;
    private readonly List<Regex[]> _regexes = [];
    private readonly List<string> _patterns = [];

    /// <summary>How many instances each expression has.</summary>
    public int Readers => _readers;

    /// <summary>Every expression so far, by id, then by reader.</summary>
    public Regex[][] ToArray() => [.. _regexes];

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
            _regexes.Add(FindKnown(pattern) ?? Compile(pattern));
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

    /// <summary>
    /// Says that all are added: what they were taken from is let go of, or every set would hold all before
    /// it.
    /// </summary>
    public void Complete() => _known = null;

    // Most expressions of a snapshot were in the one before.
    private Regex[]? FindKnown(string pattern) =>
        _known is not null && _known._readers == _readers && _known._ids.TryGetValue(pattern, out int id)
            ? _known._regexes[id] : null;

    private Regex[] Compile(string pattern)
    {
        const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        _ = new Regex(pattern, Options); // Alone first: "a)(b" would be well formed inside the anchors.
        Regex[] instances = new Regex[_readers];
        for (int i = 0; i < instances.Length; i++) instances[i] = new Regex($@"\A(?:{pattern})\z", Options);
        return instances;
    }
}
