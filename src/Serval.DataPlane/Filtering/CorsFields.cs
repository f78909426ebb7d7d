using System.Text;

namespace Serval.DataPlane.Filtering;

/// <summary>The header fields by which CORS is spoken (Fetch §3.2).</summary>
internal static class CorsFields
{
    /// <summary>
    /// Whether a response field of this name is written by a CORS policy, and by nobody else.
    /// </summary>
    public static bool IsOne(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> start = "Access-Control-"u8;
        return name.Length > start.Length && Ascii.EqualsIgnoreCase(name[..start.Length], start);
    }
}
