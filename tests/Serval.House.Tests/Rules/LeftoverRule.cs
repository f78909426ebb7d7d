using System.Text.RegularExpressions;

namespace Serval.House.Tests.Rules;

/// <summary>Nothing is left for later in a comment: it is done, or it is an issue.</summary>
internal sealed partial class LeftoverRule : IFileRule
{
    public IEnumerable<string> Offences(SourceFile file) => file.Lines
        .Select((line, index) => (Line: line, Number: index + 1))
        .Where(line => Leftover().IsMatch(line.Line))
        .Select(line => $"line {line.Number}: {line.Line.Trim()}");

    // Put together so that this file does not offend.
    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|XX" + @"X|HA" + @"CK)\b", RegexOptions.None,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Leftover();
}
