using System.Text;
using System.Text.Json;

namespace Serval.Integration.Tests.Harness;

/// <summary>A response as it came over the wire.</summary>
internal sealed record RawResponse(int Status, string Head, byte[] Body, string Trailers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The echo upstream's account of the request.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The values of a header, joined with a comma; null when it is absent.</summary>
    public string? this[string name]
    {
        get
        {
            List<string> values = [];
            foreach (string line in Head.Split("\r\n"))
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0 && line[..colon].Equals(name, StringComparison.OrdinalIgnoreCase))
                    values.Add(line[(colon + 1)..].Trim());
            }
            return values.Count == 0 ? null : string.Join(", ", values);
        }
    }
}
