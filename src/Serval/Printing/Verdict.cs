using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
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
            .Append(snapshot.TlsRoutes.IsEmpty
                ? "" : Count(snapshot.TlsRoutes.Length, "TLS route") + ", ")
            .Append(CultureInfo.InvariantCulture, $"{Count(snapshot.Clusters.Length, "cluster")}: ")
            .Append(CultureInfo.InvariantCulture, $"{Count(CountOf(findings, Severity.Error), "error")}, ")
            .Append(
            CultureInfo.InvariantCulture, $"{Count(CountOf(findings, Severity.Warning), "warning")}\n");
        return text.ToString();
    }

    /// <summary>Findings, the statuses that Kubernetes would show, and the snapshot.</summary>
    public static JsonObject Json(Snapshot snapshot, StatusReport status, ImmutableArray<Finding> findings)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, FindingJson.Options))
        {
            json.WriteStartObject();
            FindingJson.Write(json, findings);
            json.WriteEndObject();
        }
        JsonObject verdict = JsonNode.Parse(text.WrittenSpan)!.AsObject();
        verdict["statuses"] = new JsonArray([.. StatusJson.ToObjects(status)]);
        verdict["snapshot"] = JsonNode.Parse(SnapshotJson.Write(snapshot));
        return verdict;
    }

    private static int CountOf(ImmutableArray<Finding> findings, Severity severity) =>
        findings.Count(finding => finding.Severity == severity);

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
