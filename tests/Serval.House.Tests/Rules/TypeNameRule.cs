using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Serval.House.Tests.Rules;

/// <summary>A type is named for what it is, not with a word that fits everything.</summary>
internal sealed partial class TypeNameRule : IFileRule
{
    private static readonly string[] Banned =
        ["Manager", "Helper", "Helpers", "Utils", "Context", "Info", "Data", "Processor"];

    public IEnumerable<string> Offences(SourceFile file) =>
        from type in file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        let words = Words().Matches(type.Identifier.Text).Select(word => word.Value).ToArray()
        let word = words.FirstOrDefault(Banned.Contains) ?? (words is ["Handler"] ? "Handler" : null)
        where word is not null
        select $"line {SourceFile.LineOf(type)}: {type.Identifier.Text} says \"{word}\": name what it is";

    [GeneratedRegex("[A-Z]+[a-z0-9]*", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Words();
}
