using System.Text.RegularExpressions;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

/// <summary>Verbs and options that documents name are there.</summary>
public sealed partial class NamedCommandsTests
{
    [Fact]
    public async Task Every_verb_and_option_that_a_document_names_is_in_the_help()
    {
        string first = await HelpAsync();
        string[] verbs =
        [
            .. Verbs().Matches(first[first.IndexOf("\nCommands:", StringComparison.Ordinal)..])
                .Select(verb => verb.Groups[1].Value),
        ];
        Assert.True(verbs.Length > 10, first);
        string help = string.Concat(await Task.WhenAll(verbs.Select(verb => HelpAsync(verb))))
            + await HelpAsync("config", "diff") + first;
        HashSet<string> options = [.. Options().Matches(help).Select(option => option.Value)];
        List<string> unknown = [];
        int named = 0;
        foreach (string path in Documents())
        {
            string text = await File.ReadAllTextAsync(path, Deadline.Token());
            foreach (Match command in Commands().Matches(text))
            {
                named++;
                string verb = command.Groups["verb"].Value;
                if (!verbs.Contains(verb))
                    unknown.Add($"{path}: {command.Value.Trim()}");
                unknown.AddRange(Options().Matches(command.Groups["rest"].Value)
                    .Select(option => option.Value)
                    .Where(option => verb != "vpp" && !options.Contains(option))
                    .Select(option => $"{path}: serval {verb} {option}"));
            }
        }
        Assert.True(named > 60, $"{named} commands were found");
        Assert.Empty(unknown);
    }

    private static IEnumerable<string> Documents() =>
    [
        Path.Combine(Repository.Root, "README.md"),
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"),
    ];

    private static async Task<string> HelpAsync(params string[] verb)
    {
        (int exitCode, string output, string errors) = await ServalProcess.RunAsync([.. verb, "--help"]);
        Assert.True(exitCode == 0, errors);
        return output;
    }

    // In code of a line, or as a line of a block.
    [GeneratedRegex("(?:`|^)serval (?<verb>[a-z][a-z-]*)(?<rest>[^`\\n]*)", RegexOptions.Multiline, 1_000)]
    private static partial Regex Commands();

    [GeneratedRegex(@"^  ([a-z][a-z-]*)", RegexOptions.Multiline, 1_000)]
    private static partial Regex Verbs();

    [GeneratedRegex("--[a-z][a-z-]+", RegexOptions.None, 1_000)]
    private static partial Regex Options();
}
