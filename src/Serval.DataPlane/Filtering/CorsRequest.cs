using System.Text;
using Serval.Config;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// What a request says about CORS. A field that is repeated, or holds what no browser writes, counts as
/// absent, so that nothing is echoed but origins, names and commas.
/// </summary>
internal readonly ref struct CorsRequest
{
    /// <summary>Reads the fields of a request.</summary>
    public CorsRequest(RequestFields head, ReadOnlySpan<byte> text)
    {
        Origin = Only(head, text, "Origin"u8);
        if (Origin.Length > ConfigLimits.OriginBytes || Origin.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            Origin = default;
        if (Origin.IsEmpty || head.MethodKind != MethodKind.Options) return;
        Method = Only(head, text, "Access-Control-Request-Method"u8);
        if (Method.Length > HeaderLimits.MethodBytesMax || Method.ContainsAnyExcept(Octets.Token))
            Method = default;
        if (Method.IsEmpty) return;
        Headers = Only(head, text, "Access-Control-Request-Headers"u8);
        foreach (byte octet in Headers)
        {
            if (octet is (byte)',' or (byte)' ' or (byte)'\t' || Octets.Token.Contains(octet)) continue;
            Headers = default;
            break;
        }
    }

    /// <summary>The origin of the script; empty when there is none.</summary>
    public ReadOnlySpan<byte> Origin { get; }

    /// <summary>The method that a preflight asks for; empty when it is none.</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>The request headers that a preflight asks for; empty for none.</summary>
    public ReadOnlySpan<byte> Headers { get; }

    /// <summary>Whether a browser asks for leave before it sends the request itself.</summary>
    public bool IsPreflight => !Method.IsEmpty;

    private static ReadOnlySpan<byte> Only(
        RequestFields head, ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> value = default;
        int count = 0;
        foreach (ref readonly HeaderField field in head.Fields)
        {
            if (field.NameLength != name.Length || field.IsDropped
                || !Ascii.EqualsIgnoreCase(field.Name(text), name))
                continue;
            value = field.Value(text);
            count++;
        }

        return count == 1 ? value : default;
    }
}
