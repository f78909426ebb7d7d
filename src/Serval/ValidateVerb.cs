using System.Collections.Immutable;
using System.CommandLine;
using Serval.CommandLine.Printing;
using Serval.Config.Validating;
using Serval.Control;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval validate PATH…</c>: what <c>run</c> would make of these files, without running.
/// </summary>
internal static class ValidateVerb
{
    private const string StandardInput = "-";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string[]> paths = new("PATH")
        {
            Description = "Files or folders with Gateway API YAML, read as one configuration; "
                + "- is the standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> strict = new("--strict") { Description = "Warnings make the exit code 1 too" };
        OutputFlag output = new();
        Command verb = new("validate", """
            Check files without running
            As JSON or YAML: findings, statuses and the snapshot.
            Exit codes: 0 nothing is refused, 1 something is, 2 there is nothing to check
            """)
        {
            paths,
            strict,
            output.Option,
        };
        verb.SetAction(parsed => ValidateAsync(
            parsed.GetValue(paths)!, parsed.GetValue(strict), output, parsed));
        return verb;
    }

    private static async Task<int> ValidateAsync(
        string[] paths, bool isStrict, OutputFlag output, ParseResult parsed)
    {
        foreach (string path in paths)
        {
            if (path != StandardInput && !Path.Exists(path))
                return await Complaints.NoSuchPathAsync(path);
        }
        if (paths.Count(path => path == StandardInput) > 1)
            return await Complaints.SayAsync("the standard input can be read once", ExitCodes.Usage);
        Translation translation = paths is [not StandardInput]
            ? new FileProvider(paths[0]).Load()
            : await GatheredFiles.LoadAsync(paths);
        ImmutableArray<Finding> findings =
            [.. translation.Findings, .. SnapshotValidator.Validate(translation.Snapshot)];
        output.Print(
            parsed, Verdict.Json(translation.Snapshot, translation.Status, findings),
            () => Verdict.Text(translation.Snapshot, findings));
        Severity gravest = isStrict ? Severity.Warning : Severity.Error;
        return findings.Any(finding => finding.Severity <= gravest) ? ExitCodes.No : ExitCodes.Done;
    }
}
