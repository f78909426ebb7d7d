using System.Diagnostics;
using System.Text.RegularExpressions;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Observability;

/// <summary>
/// The page of metrics of a running router, its document, and what Prometheus' own checker says.
/// </summary>
public sealed partial class MetricsPageTests
{
    private const string Document = "docs/metrics.md";

    [PublishedFact]
    public async Task The_document_lists_every_metric_with_its_type_labels_and_meaning()
    {
        string page = await PageAsync();
        // Those of a gateway, which stand behind, are compared with a gateway elsewhere.
        string text = Repository.Read(Document);
        string ofRouter = text[..text.IndexOf("\n# A gateway\n", StringComparison.Ordinal)];
        IReadOnlyDictionary<string, string> documented = Rows().Matches(ofRouter)
            .ToDictionary(row => row.Groups["name"].Value, row => row.Groups["rest"].Value);
        Dictionary<string, string> served = Families().Matches(page).ToDictionary(
            family => family.Groups["name"].Value,
            family => $"{family.Groups["type"].Value} | {family.Groups["help"].Value}");
        Assert.NotEmpty(served);
        string[] wrong = [.. served.Keys.Union(documented.Keys)
            .Where(name => documented.GetValueOrDefault(name) is not { } row
                || !served.TryGetValue(name, out string? family)
                || family != $"{row.Split(" | ")[0]} | {row.Split(" | ")[2]}")
            .Select(name => $"| `{name}` | {served.GetValueOrDefault(name, "is not served")} |")];
        Assert.True(wrong.Length == 0, $"{Document} says otherwise:\n{string.Join('\n', wrong)}");
        foreach (Match sample in Samples().Matches(page))
        {
            string name = Suffix().Replace(sample.Groups["name"].Value, "");
            string row = documented.GetValueOrDefault(name) ?? documented[sample.Groups["name"].Value];
            string[] labels = [.. Labels().Matches(sample.Groups["labels"].Value)
                .Select(label => label.Groups[1].Value).Where(label => label != "le")];
            Assert.Equal(
                labels.Order(StringComparer.Ordinal),
                Code().Matches(row.Split(" | ")[1]).Select(label => label.Groups[1].Value)
                    .Order(StringComparer.Ordinal));
        }
    }

    [PublishedFact("promtool")]
    public async Task Promtool_finds_nothing_to_say_about_the_page()
    {
        string page = await PageAsync();
        Assert.Equal("", await PromtoolAsync(page));
        // It does look: a counter without its suffix is a complaint.
        Assert.NotEqual("", await PromtoolAsync("# TYPE bad counter\nbad 1\n"));
    }

    private static async Task<string> PageAsync()
    {
        using RunningRole echo = RunningRole.Start(
            RunningRole.Program, "echo", "--listen", "127.0.0.1:0");
        using RouterScene scene = await RouterScene.StartAsync(
            await echo.FindAsync(@"echo on \S*?(127\.0\.0\.1:\d+)"), RunningRole.Program);
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{scene.Port}") };
        _ = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        using HttpRequestMessage refused = new(HttpMethod.Trace, new Uri("/", UriKind.Relative));
        using HttpResponseMessage answer = await client.SendAsync(refused);
        Assert.False(answer.IsSuccessStatusCode);
        return await scene.Admin.GetStringAsync(new Uri("/metrics", UriKind.Relative));
    }

    private static async Task<string> PromtoolAsync(string page)
    {
        ProcessStartInfo start = new("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process tool = Process.Start(start)!;
        Task<string> said = tool.StandardError.ReadToEndAsync();
        Task<string> printed = tool.StandardOutput.ReadToEndAsync();
        await tool.StandardInput.WriteAsync(page);
        tool.StandardInput.Close();
        await tool.WaitForExitAsync();
        return await printed + await said;
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \| (?<rest>.*) \|$", RegexOptions.Multiline, 1_000)]
    private static partial Regex Rows();

    [GeneratedRegex(
        @"^# HELP (?<name>\w+) (?<help>.*)\n# TYPE \w+ (?<type>\w+)$", RegexOptions.Multiline, 1_000)]
    private static partial Regex Families();

    [GeneratedRegex(@"^(?<name>\w+)(\{(?<labels>.*)\})? \S+$", RegexOptions.Multiline, 1_000)]
    private static partial Regex Samples();

    [GeneratedRegex("(\\w+)=\"", RegexOptions.None, 1_000)]
    private static partial Regex Labels();

    [GeneratedRegex("`(\\w+)`", RegexOptions.None, 1_000)]
    private static partial Regex Code();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.None, 1_000)]
    private static partial Regex Suffix();
}
