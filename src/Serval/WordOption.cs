using System.CommandLine;

namespace Serval.CommandLine;

/// <summary>
/// An option whose value is one of a few words. They are written in lower case everywhere: in the help, in
/// its defaults, in errors.
/// </summary>
/// <typeparam name="T">What the words stand for.</typeparam>
internal sealed class WordOption<T>
    where T : struct, Enum
{
    private readonly Option<string> _option;
    private readonly Dictionary<string, T> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>An option that takes the names of the enumeration.</summary>
    /// <param name="name">Its name, with hyphens.</param>
    /// <param name="description">What it says, for the help.</param>
    /// <param name="standard">Its value when absent.</param>
    /// <param name="words">Words that stand for a value in place of its name.</param>
    public WordOption(string name, string description, T standard, params (string Word, T Value)[] words)
    {
        foreach (T value in Enum.GetValues<T>())
        {
            string word = words.Where(pair => pair.Value.Equals(value)).Select(pair => pair.Word)
                .FirstOrDefault() ?? value.ToString().ToLowerInvariant();
            if (word.Length > 0)
                _values[word] = value;
        }
        string shown = string.Join('|', _values.Keys);
        string usual = _values.First(pair => pair.Value.Equals(standard)).Key;
        _option = new Option<string>(name)
        {
            HelpName = shown,
            Description = description,
            DefaultValueFactory = _ => usual,
        };
        _option.CompletionSources.Add([.. _values.Keys]);
        foreach ((string word, T value) in words)
        {
            if (word.Length > 0)
                _values[word] = value;
        }
        _option.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token, ..] && !_values.ContainsKey(token.Value))
                result.AddError($"{name}: {token.Value} is not one of {shown.Replace("|", ", ")}");
        });
    }

    /// <summary>The option, to add to a verb.</summary>
    public Option<string> Option => _option;

    /// <summary>Its value.</summary>
    public T Read(ParseResult parsed) => _values[parsed.GetValue(_option)!];
}
