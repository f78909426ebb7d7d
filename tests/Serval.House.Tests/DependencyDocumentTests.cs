using System.Text.RegularExpressions;

namespace Serval.House.Tests;

public sealed partial class DependencyDocumentTests
{
    private const string Licences = "^(MIT|Apache-2.0|BSD-3-Clause)$";

    [Fact]
    public void The_document_lists_every_package_with_its_version_and_no_other()
    {
        string[] used = [.. Packages().Matches(Repository.Read("Directory.Packages.props"))
            .Select(package => $"{package.Groups[1].Value} {package.Groups[2].Value}")
            .Order(StringComparer.Ordinal)];
        Assert.NotEmpty(used);
        Assert.Equal(
            used, Rows(Repository.Read("docs/dependencies.md")).Select(row => $"{row[0]} {row[1]}")
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_package_has_a_known_licence_a_purpose_a_price_and_a_way_out()
    {
        foreach (string[] row in Rows(Repository.Read("docs/dependencies.md")))
        {
            Assert.Equal(6, row.Length);
            Assert.Matches(Licences, row[2]);
            Assert.All(row, Assert.NotEmpty);
        }
    }

    [Fact]
    public void A_package_is_in_the_program_where_the_document_says_so()
    {
        string projects = string.Concat(Repository.Files("*.csproj")
            .Where(path => path.StartsWith("src/", StringComparison.Ordinal)).Select(Repository.Read));
        foreach (string[] row in Rows(Repository.Read("docs/dependencies.md")))
        {
            bool isReferred = Regex.IsMatch(
                projects, $"PackageReference Include=\"{Regex.Escape(row[0])}\" />", RegexOptions.None,
                TimeSpan.FromSeconds(1));
            Assert.True(isReferred != (row[4] == "not in the program"), row[0]);
        }
    }

    [Fact]
    public void A_row_is_read_by_its_columns() => Assert.Equal(
        [["A.B", "1.2", "MIT", "c", "d", "e"]],
        Rows("| package | version |\n|---|---|\n| `A.B` | 1.2 | MIT | c | d | e |\n"));

    private static IEnumerable<string[]> Rows(string text) => text.Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim(' ', '`')).ToArray());

    [GeneratedRegex("PackageVersion Include=\"([^\"]+)\" Version=\"([^\"]+)\"", RegexOptions.None,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Packages();
}
