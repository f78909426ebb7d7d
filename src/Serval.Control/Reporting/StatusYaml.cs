using System.Text;
using System.Text.Json.Nodes;
using Serval.Common;

namespace Serval.Control.Reporting;

/// <summary>Statuses as a stream of YAML documents, as goldens compare them.</summary>
public static class StatusYaml
{
    /// <summary>Empty when the report is.</summary>
    public static string Write(StatusReport report)
    {
        StringBuilder text = new();
        foreach (JsonObject document in StatusJson.ToObjects(report))
            text.Append("---\n").Append(JsonYaml.Write(document));
        return text.ToString();
    }
}
