using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Serval.House.Tests.Rules;

/// <summary>A method stops at 60 lines.</summary>
internal sealed class MethodLengthRule : IFileRule
{
    private const int LinesMax = 60;

    public IEnumerable<string> Offences(SourceFile file) =>
        from node in file.Root.DescendantNodes()
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let span = node.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > LinesMax
        select $"line {SourceFile.LineOf(node)}: a method of {lines} lines, {LinesMax} are allowed";
}
