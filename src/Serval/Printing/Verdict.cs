using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.Control.Reporting;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Printing;

/// <summary>What <c>validate</c> prints.</summary>
internal static class Verdict
{
    /// <summary>A line for each finding, then one that sums up.</summary>
    public static string Text(Snapshot snapshot, ImmutableArray<Finding> findings)
    {
        StringBuilder text = new();
        foreach (Finding finding in findings)
            text.Append(finding).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{Count(snapshot.Listeners.Length, "listener")}, ")
            .Append(CultureInfo.InvariantCulture, $"{Count(snapshot.Routes.Length, "route")}, ")
            .Append(CultureInfo.InvariantCulture, $"{Count(snapshot.Clusters.Length, "cluster")}: ")
            .Append(CultureInfo.InvariantCulture, $"{Count(CountOf(findings, Severity.Error), "error")}, ")
            .Append(
            CultureInfo.InvariantCulture, $"{Count(CountOf(findings, Severity.Warning), "warning")}\n");
        return text.ToString();
    }

    /// <summary>The statuses, led by the findings as comments, so that the whole stays YAML.</summary>
    public static string Yaml(StatusReport status, ImmutableArray<Finding> findings)
    {
        StringBuilder text = new();
        foreach (Finding finding in findings)
            text.Append("# ").Append(finding.ToString().ReplaceLineEndings("\n# ")).Append('\n');
        return text.Append(StatusYaml.Write(status)).ToString();
    }

    /// <summary>One object with findings and the snapshot.</summary>
    public static string Json(Snapshot snapshot, ImmutableArray<Finding> findings)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, FindingJson.Options))
        {
            json.WriteStartObject();
            FindingJson.Write(json, findings);
            json.WritePropertyName("snapshot");
            json.WriteRawValue(SnapshotJson.Write(snapshot, indented: true));
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.WrittenSpan) + "\n";
    }

    private static int CountOf(ImmutableArray<Finding> findings, Severity severity) =>
        findings.Count(finding => finding.Severity == severity);

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
