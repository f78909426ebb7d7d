using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Serval.DataPlane;

namespace Serval.House.Tests;

public sealed partial class LimitsDocumentTests
{
    private static readonly Assembly[] Assemblies =
    [
        .. new[]
        {
            "Serval.Common", "Serval.Config", "Serval.Control", "Serval.DataPlane", "Serval.VppBridge",
        }.Select(Assembly.Load),
    ];

    [Fact]
    public void The_document_shows_every_bound_with_its_value_and_no_other()
    {
        SortedSet<string> documented = new(Rows(Repository.Read("docs/limits.md")), StringComparer.Ordinal);
        SortedSet<string> real = new(Bounds().Concat(Timeouts()), StringComparer.Ordinal);
        Assert.NotEmpty(real);
        Assert.Equal(real, documented);
    }

    [Fact]
    public void A_row_is_read_with_its_section()
    {
        string text = "## `A.Limits`\n| name | value |\n| `BytesMax` | 1,024 | x |\n"
            + "## `B`\n| `C` | 7 | x |\n";
        Assert.Equal(["A.Limits.BytesMax = 1,024", "B.C = 7"], Rows(text));
    }

    [Fact]
    public void Every_counter_that_is_named_exists()
    {
        string names = string.Concat(Repository.Sources.Select(file => file.Text));
        foreach (Match counter in Counters().Matches(Repository.Read("docs/limits.md")))
        {
            string word = string.Concat(
                counter.Groups[1].Value.Split('_').Select(
                part => $"{char.ToUpperInvariant(part[0])}{part[1..]}"));
            Assert.True(
                names.Contains($"Counter.{word} ", StringComparison.Ordinal)
                || names.Contains(counter.Value, StringComparison.Ordinal),
                counter.Value);
        }
    }

    private static IEnumerable<string> Bounds() =>
        from assembly in Assemblies
        from type in assembly.GetTypes()
        where type.Name.EndsWith("Limits", StringComparison.Ordinal)
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        where field.IsLiteral
        select Row(type, field.Name, field.GetRawConstantValue()!);

    private static IEnumerable<string> Timeouts() =>
        from property in typeof(Timeouts).GetProperties()
        where property.PropertyType == typeof(int)
        select Row(typeof(Timeouts), property.Name, property.GetValue(new Timeouts())!);

    private static string Row(Type type, string name, object value) => string.Create(
        CultureInfo.InvariantCulture,
        $"{type.FullName}.{name} = {Convert.ToInt64(value, CultureInfo.InvariantCulture):#,0}");

    private static IEnumerable<string> Rows(string text)
    {
        string section = "";
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                section = line[3..].Trim('`', ' ');
            else if (RowText().Match(line) is { Success: true } row)
                yield return $"{section}.{row.Groups[1].Value} = {row.Groups[2].Value}";
        }
    }

    [GeneratedRegex(@"^\| `(\w+)` \| ([\d,]+) \|", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex RowText();

    [GeneratedRegex(@"serval_(\w+)_total", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Counters();
}
