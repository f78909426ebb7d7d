using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Charts;

public sealed partial class OptionTests
{
    [PublishedFact]
    public async Task Every_option_of_a_container_is_one_that_the_program_has()
    {
        Dictionary<string, string> help = new(StringComparer.Ordinal);
        string verbs = (await Command.RunAsync(RunningRole.Program, "--help")).Good;
        List<string> unknown = [];
        foreach (string file in Repository.Files("charts/serval/ci", "*.yaml"))
        {
            foreach (JsonObject container in (await ChartTool.ObjectsAsync("-f", Repository.PathOf(file)))
                .SelectMany(made => made.Containers))
            {
                string[] words = [.. container["args"]!.AsArray().Select(word => word!.GetValue<string>())];
                Assert.Contains($"\n  {words[0]} ", verbs, StringComparison.Ordinal);
                if (!help.TryGetValue(words[0], out string? text))
                {
                    text = (await Command.RunAsync(RunningRole.Program, words[0], "--help")).Good;
                    help[words[0]] = text;
                }
                unknown.AddRange(words[1..].Select(word => word.Split('=')[0])
                    .Where(word => word.StartsWith("--", StringComparison.Ordinal))
                    .Where(word => !Options().Matches(text).Select(option => option.Value).Contains(word))
                    .Select(word => $"{words[0]} {word}"));
            }
        }
        Assert.Empty(unknown.Distinct());
        Assert.Contains("router", help.Keys);
    }

    [GeneratedRegex("--[a-z-]+", RegexOptions.None, 1_000)]
    private static partial Regex Options();
}
