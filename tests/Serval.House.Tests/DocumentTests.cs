using System.Text.RegularExpressions;

namespace Serval.House.Tests;

public sealed partial class DocumentTests
{
    private static readonly string[] Required =
    [
        "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE", "docs/architecture.md",
        "docs/packet-way.md", "docs/config-way.md", "docs/style.md", "docs/glossary.md", "docs/limits.md",
        "docs/operations.md", "docs/dependencies.md", "docs/decisions/README.md",
    ];

    [Fact]
    public void The_documents_are_there()
    {
        Assert.All(Required, path => Assert.True(File.Exists(Path.Combine(Repository.Root, path)), path));
    }

    [Fact]
    public void Every_stage_is_told_of()
    {
        string told = Repository.Read("docs/packet-way.md") + Repository.Read("docs/config-way.md");
        Assert.Empty(Untold(Repository.Sources.Select(file => file.Path), told));
        Assert.Equal(["src/Serval.DataPlane/Guessing"], Untold(["src/Serval.DataPlane/Guessing/A.cs"], told));
    }

    [Fact]
    public void Every_decision_is_listed_and_every_listed_decision_exists()
    {
        string[] records = [.. Repository.Files("*.md")
            .Where(path => path.StartsWith("docs/decisions/0", StringComparison.Ordinal)).Select(
                Path.GetFileName)!];
        string list = Repository.Read("docs/decisions/README.md");
        Assert.NotEmpty(records);
        Assert.Equal(records, Links().Matches(list).Select(link => link.Groups[1].Value));
    }

    [Fact]
    public void Every_link_leads_somewhere()
    {
        Assert.Empty(Repository.Files("*.md").SelectMany(path => DeadLinks(path, Repository.Read(path))));
        Assert.Equal(["docs/a.md: b.md"],
            DeadLinks("docs/a.md", "[b](b.md) [style](style.md#words) [web](https://example.com)"));
    }

    [Fact]
    public void Every_package_is_decided_on()
    {
        string decided = string.Concat(Repository.Files("*.md")
            .Where(path => path.StartsWith("docs/decisions/", StringComparison.Ordinal)).Select(
                Repository.Read));
        foreach (Match package in Packages().Matches(Repository.Read("Directory.Packages.props")))
            Assert.Contains(package.Groups[1].Value, decided, StringComparison.OrdinalIgnoreCase);
    }

    // Of two rules that fit, the later one counts: colours for dark pages stand behind those for light ones.
    [Fact]
    public void Diagrams_can_be_read_on_dark_pages()
    {
        string[] diagrams = [.. Repository.Files("*.svg")
            .Where(path => path.StartsWith("docs/", StringComparison.Ordinal))];
        Assert.NotEmpty(diagrams);
        Assert.Empty(diagrams.Where(path => !IsDarkLast(Repository.Read(path))));
        Assert.False(IsDarkLast("<style>@media (prefers-color-scheme: dark) { a { } }\na { }</style>"));

        static bool IsDarkLast(string svg) =>
            LastRule().Match(svg).Value.Contains("dark", StringComparison.Ordinal);
    }

    /// <summary>Folders of the first level below a project of stages that no story names.</summary>
    private static IEnumerable<string> Untold(IEnumerable<string> paths, string told) => paths
        .Select(path => path.Split('/'))
        .Where(parts => parts is ["src", "Serval.Config" or "Serval.Control" or "Serval.DataPlane", _, _, ..])
        .Where(parts => !told.Contains($"{parts[2]}/`", StringComparison.Ordinal))
        .Select(parts => string.Join('/', parts[..3]))
        .Distinct();

    private static IEnumerable<string> DeadLinks(string path, string text)
    {
        string folder = Path.Combine(Repository.Root, Path.GetDirectoryName(path)!);
        return Links().Matches(text).Select(link => link.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(folder, target)))
            .Select(target => $"{path}: {target}");
    }

    [GeneratedRegex("^[^\n]*</style>|^[^\n]*(?=\n</style>)", RegexOptions.Multiline, 1_000)]
    private static partial Regex LastRule();

    [GeneratedRegex(@"\]\(([^)\s]+)\)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Links();

    [GeneratedRegex("PackageVersion Include=\"([^\"]+)\"", RegexOptions.None,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Packages();
}
