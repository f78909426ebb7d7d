using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Serval.House.Tests.Rules;

/// <summary>One type per file, and the file is named for it; types inside types are free.</summary>
internal sealed class OneTypeRule : IFileRule
{
    public IEnumerable<string> Offences(SourceFile file)
    {
        string[] types = [.. file.Root.DescendantNodes().Where(IsOutermostType).Select(Name).Distinct()];
        string name = Path.GetFileName(file.Path).Split('.')[0];
        if (types.Length > 1)
            yield return $"{types.Length} types ({string.Join(", ", types)}): give each a file";
        else if (types.Length == 1 && types[0] != name)
            yield return $"holds {types[0]} but is named {name}";
    }

    private static bool IsOutermostType(SyntaxNode node) =>
        node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax
        && node.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax;

    private static string Name(SyntaxNode node) => node is BaseTypeDeclarationSyntax type
        ? type.Identifier.Text
        : ((DelegateDeclarationSyntax)node).Identifier.Text;
}
