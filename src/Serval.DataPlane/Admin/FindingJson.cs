using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serval.Config.Validating;

namespace Serval.DataPlane.Admin;

/// <summary>
/// The JSON form of findings, the same in the admin API and in <c>serval validate -o json</c>.
/// </summary>
public static class FindingJson
{
    /// <summary>Indented, and readable: this text is never embedded in HTML.</summary>
    public static JsonWriterOptions Options { get; } = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the property <c>findings</c>.</summary>
    public static void Write(Utf8JsonWriter json, ImmutableArray<Finding> findings)
    {
        json.WriteStartArray("findings");
        foreach (Finding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
            json.WriteString("subject", finding.Subject);
            json.WriteString("field", finding.Field);
            json.WriteString("reason", finding.Reason);
            json.WriteString("message", finding.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
