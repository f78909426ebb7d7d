using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Serval.CommandLine.Printing;
using Serval.CommandLine.Roles;

namespace Serval.CommandLine;

/// <summary><c>serval version</c>: which Serval this is, and what it runs on.</summary>
internal static class ProgramVersionVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        OutputFlag output = new();
        Command verb = new("version", "Show the version of this program") { output.Option };
        verb.SetAction(parsed =>
        {
            string[] parts = RouterRole.Version.Split('+');
            JsonObject about = new()
            {
                ["version"] = parts[0],
                ["commit"] = parts.Length > 1 ? parts[1] : "",
                ["platform"] = RuntimeInformation.RuntimeIdentifier,
                ["kernel"] = Environment.OSVersion.Version.ToString(),
            };
            output.Print(parsed, about, () =>
                $"serval {about["version"]} ({about["platform"]}, commit {about["commit"]})\n");
            return ExitCodes.Done;
        });
        return verb;
    }
}
