using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Serval.House.Tests;

/// <summary>A C# file of the repository, or one that a test plants.</summary>
/// <param name="Path">Relative to the repository, with forward slashes.</param>
/// <param name="Text">Its content.</param>
public sealed record SourceFile(string Path, string Text)
{
    private SyntaxNode? _root;

    public SyntaxNode Root => _root ??= CSharpSyntaxTree.ParseText(Text).GetRoot();

    public IEnumerable<string> Lines => Text.Split('\n');

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    public override string ToString() => Path;

    /// <summary>The line, counted from 1, on which something begins.</summary>
    public static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}
