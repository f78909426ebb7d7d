using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Serval.DataPlane.Admin;

/// <summary>The JSON of <c>GET /certs</c>: public facts alone.</summary>
public static class CertificateJson
{
    /// <summary>Writes them, in their order.</summary>
    public static ReadOnlyMemory<byte> Write(ImmutableArray<CertificateState> states)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, FindingJson.Options))
        {
            json.WriteStartObject();
            json.WriteStartArray("certificates");
            foreach (CertificateState state in states) Write(json, state);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        text.Write("\n"u8);
        return text.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, CertificateState state)
    {
        json.WriteStartObject();
        json.WriteString("name", state.Name);
        json.WriteString("digest", state.Digest);
        json.WriteString("state", state.IsHeld ? "held" : "waiting");
        if (state.Source is { } source) json.WriteString("source", source);
        if (state.NotAfterMs != 0)
        {
            json.WriteString("notAfter", DateTimeOffset.FromUnixTimeMilliseconds(state.NotAfterMs)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }

        WriteArray(json, "names", state.Names);
        WriteArray(json, "usedBy", state.UsedBy);
        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, string name, ImmutableArray<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
