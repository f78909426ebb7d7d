using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serval.Common;

/// <summary>Writes JSON as YAML for people. A reader of YAML gets the same values back.</summary>
public static class JsonYaml
{
    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-./";

    /// <summary>One document without its marker.</summary>
    public static string Write(JsonNode? node)
    {
        StringBuilder text = new();
        switch (node)
        {
            case JsonObject { Count: > 0 } mapping:
                WriteMapping(text, mapping, indent: 0, isInline: false);
                break;
            case JsonArray { Count: > 0 } items:
                WriteItems(text, items, indent: 0);
                break;
            default:
                text.Append(Scalar(node)).Append('\n');
                break;
        }
        return text.ToString();
    }

    private static void WriteMapping(StringBuilder text, JsonObject mapping, int indent, bool isInline)
    {
        foreach ((string name, JsonNode? value) in mapping)
        {
            // The first field of a list's item stands behind its dash.
            text.Append(' ', isInline ? 0 : indent).Append(Text(name)).Append(':');
            isInline = false;
            switch (value)
            {
                case JsonObject { Count: > 0 } inner:
                    text.Append('\n');
                    WriteMapping(text, inner, indent + 2, isInline: false);
                    break;
                case JsonArray { Count: > 0 } items:
                    text.Append('\n');
                    WriteItems(text, items, indent);
                    break;
                default:
                    text.Append(' ').Append(Scalar(value)).Append('\n');
                    break;
            }
        }
    }

    private static void WriteItems(StringBuilder text, JsonArray items, int indent)
    {
        foreach (JsonNode? item in items)
        {
            text.Append(' ', indent).Append("- ");
            switch (item)
            {
                case JsonObject { Count: > 0 } mapping:
                    WriteMapping(text, mapping, indent + 2, isInline: true);
                    break;
                case JsonArray { Count: > 0 } list:
                    text.Append('\n');
                    WriteItems(text, list, indent + 2);
                    break;
                default:
                    text.Append(Scalar(item)).Append('\n');
                    break;
            }
        }
    }

    private static string Scalar(JsonNode? value) => value switch
    {
        null => "null",
        JsonArray => "[]",
        JsonObject => "{}",
        _ when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>()),
        _ => value.ToJsonString(),
    };

    private static string Text(string text) =>
        IsPlain(text) ? text : $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    // Stricter than YAML: begins with a letter, is no keyword of either version, has nothing to escape.
    private static bool IsPlain(string text) =>
        text.Length > 0
        && char.IsAsciiLetter(text[0])
        && text.All(c => Plain.Contains(c, StringComparison.Ordinal))
        && text.ToUpperInvariant() is not ("TRUE" or "FALSE" or "NULL")
        && text.ToUpperInvariant() is not ("YES" or "NO" or "ON" or "OFF" or "Y" or "N");
}
