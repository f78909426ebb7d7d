using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Observability;

/// <summary>Names of metrics in dashboards and alerts.</summary>
internal static partial class MetricNames
{
    public const string AlertsFile = "charts/serval/files/alerts.yaml";

    public static IEnumerable<string> Dashboards =>
        Repository.Files("charts/serval/files/dashboards", "*.json");

    /// <summary>Every expression of the dashboards and alerts, with where it stands.</summary>
    public static async Task<IReadOnlyList<(string Where, string Expression)>> ExpressionsAsync()
    {
        List<(string, string)> found = [];
        foreach (string file in Dashboards)
        {
            JsonNode dashboard = JsonNode.Parse(Repository.Read(file))!;
            foreach (JsonNode? panel in dashboard["panels"]!.AsArray())
            {
                foreach (JsonNode? target in panel!["targets"]!.AsArray())
                    found.Add(($"{file}: {panel["title"]}", target!["expr"]!.GetValue<string>()));
            }
            foreach (JsonNode? variable in dashboard["templating"]!["list"]!.AsArray())
            {
                if (variable!["query"] is JsonObject query)
                {
                    Match values = Values().Match(query["query"]!.GetValue<string>());
                    found.Add(($"{file}: variable", values.Groups[1].Value));
                }
            }
        }
        foreach (JsonNode rule in await RulesAsync())
            found.Add(($"{AlertsFile}: {rule["alert"]}", rule["expr"]!.GetValue<string>()));
        return found;
    }

    /// <summary>Every alert.</summary>
    public static async Task<IReadOnlyList<JsonNode>> RulesAsync() =>
        [.. (await ChartTool.DocumentsAsync(AlertsFile)).Single()["groups"]!.AsArray()
            .SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!)];

    /// <summary>The metrics that an expression reads, without the suffixes of histograms.</summary>
    public static IEnumerable<string> Of(string expression)
    {
        string bare = Quoted().Replace(expression, "");
        bare = Grouping().Replace(Selector().Replace(Range().Replace(bare, ""), ""), " ");
        return Name().Matches(bare).Select(name => name.Value)
            .Where(name => name.Contains('_', StringComparison.Ordinal) || name == "up")
            .Where(name => name is not ("histogram_quantile" or "group_left" or "group_right"))
            .Select(name => Suffix().Replace(name, "")).Distinct();
    }

    /// <summary>The metrics of a page of /metrics.</summary>
    public static IReadOnlySet<string> OfPage(string page) => page.Split('\n')
        .Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
        .Select(line => line.Split(' ')[2]).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.None, 1_000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1_000)]
    private static partial Regex Selector();

    [GeneratedRegex(@"\[[^\]]*\]", RegexOptions.None, 1_000)]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(by|on|without|ignoring) *\([^)]*\)", RegexOptions.None, 1_000)]
    private static partial Regex Grouping();

    [GeneratedRegex("[a-zA-Z_][a-zA-Z0-9_]*", RegexOptions.None, 1_000)]
    private static partial Regex Name();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.None, 1_000)]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^label_values\((\w+),", RegexOptions.None, 1_000)]
    private static partial Regex Values();
}
