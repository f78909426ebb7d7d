using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serval.Control.Reporting;

/// <summary>Statuses as a stream of YAML documents, as <c>serval validate -o yaml</c> prints them.</summary>
public static class StatusYaml
{
    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-./";

    /// <summary>Empty when the report is.</summary>
    public static string Write(StatusReport report)
    {
        StringBuilder text = new();
        foreach (JsonObject document in StatusJson.ToObjects(report))
        {
            text.Append("---\n");
            WriteMapping(text, document, indent: 0, isInline: false);
        }
        return text.ToString();
    }

    private static void WriteMapping(StringBuilder text, JsonObject mapping, int indent, bool isInline)
    {
        foreach ((string name, JsonNode? value) in mapping)
        {
            // The first field of a list's item stands behind its dash.
            text.Append(' ', isInline ? 0 : indent).Append(name).Append(':');
            isInline = false;
            switch (value)
            {
                case JsonObject { Count: > 0 } inner:
                    text.Append('\n');
                    WriteMapping(text, inner, indent + 2, isInline: false);
                    break;
                case JsonArray { Count: > 0 } items:
                    text.Append('\n');
                    foreach (JsonNode? item in items)
                    {
                        text.Append(' ', indent).Append("- ");
                        WriteMapping(text, item!.AsObject(), indent + 2, isInline: true);
                    }
                    break;
                case JsonArray:
                    text.Append(" []\n");
                    break;
                default:
                    text.Append(' ').Append(Scalar(value)).Append('\n');
                    break;
            }
        }
    }

    private static string Scalar(JsonNode? value)
    {
        if (value is null || value.GetValueKind() != JsonValueKind.String)
            return value?.ToJsonString() ?? "null";
        string text = value.GetValue<string>();
        return IsPlain(text) ? text : $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
    }

    // Stricter than YAML: begins with a letter, is no keyword of either version, has nothing to escape.
    private static bool IsPlain(string text) =>
        text.Length > 0
        && char.IsAsciiLetter(text[0])
        && text.All(c => Plain.Contains(c, StringComparison.Ordinal))
        && text.ToUpperInvariant() is not ("TRUE" or "FALSE" or "NULL")
        && text.ToUpperInvariant() is not ("YES" or "NO" or "ON" or "OFF" or "Y" or "N");
}
