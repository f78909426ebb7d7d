using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Serval.DataPlane.Admin;

/// <summary>Which way a request takes, and why.</summary>
/// <param name="Subject">Method and URL.</param>
/// <param name="Lines">The facts, in the order in which a router meets them.</param>
/// <param name="IsServed">
/// True when an endpoint would be asked or a redirect answered; false when the router itself would answer
/// with an error, or nothing listens.
/// </param>
public sealed record Explanation(string Subject, ImmutableArray<ExplanationLine> Lines, bool IsServed)
{
    /// <summary>A readable screen.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        text.Append(Subject).Append('\n');
        foreach (ExplanationLine line in Lines)
            text.Append(CultureInfo.InvariantCulture, $"{line.Name,-11} {line.Value}\n");
        return text.ToString();
    }

    /// <summary>One JSON object.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, FindingJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("request", Subject);
            json.WriteBoolean("isServed", IsServed);
            json.WriteStartArray("lines");
            foreach (ExplanationLine line in Lines)
            {
                json.WriteStartObject();
                json.WriteString("name", line.Name.Trim());
                json.WriteString("value", line.Value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        text.Write("\n"u8);
        return text.WrittenMemory;
    }
}
