using System.Collections.Immutable;
using System.CommandLine;
using Serval.CommandLine.Printing;
using Serval.Config.Validating;
using Serval.Control;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval validate PATH</c>: what <c>run</c> would make of these files, without running.
/// </summary>
internal static class ValidateVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string> path = new("PATH") { Description = "A file or a folder with Gateway API YAML" };
        Option<OutputFormat> format = new("--output", "-o")
        {
            HelpName = "text|yaml|json",
            Description = "Findings as text; findings and statuses as YAML; findings and snapshot as JSON",
        };
        Command verb = new("validate", "Check files; exit code 1 when something in them is refused")
        {
            path,
            format,
        };
        verb.SetAction(parsed => ValidateAsync(parsed.GetValue(path)!, parsed.GetValue(format)));
        return verb;
    }

    private static async Task<int> ValidateAsync(string path, OutputFormat format)
    {
        if (!Path.Exists(path))
            return await Complaints.NoSuchPathAsync(path);
        Translation translation = new FileProvider(path).Load();
        ImmutableArray<Finding> findings =
            [.. translation.Findings, .. SnapshotValidator.Validate(translation.Snapshot)];
        Console.Out.Write(format switch
        {
            OutputFormat.Json => Verdict.Json(translation.Snapshot, findings),
            OutputFormat.Yaml => Verdict.Yaml(translation.Status, findings),
            _ => Verdict.Text(translation.Snapshot, findings),
        });
        return findings.Any(finding => finding.Severity == Severity.Error) ? 1 : 0;
    }
}
