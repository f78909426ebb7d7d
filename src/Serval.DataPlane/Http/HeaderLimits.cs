namespace Serval.DataPlane.Http;

/// <summary>Bounds of a head or a trailer section. One byte or one line over is a rejection.</summary>
/// <param name="BytesMax">Bytes of the section, its closing empty line included.</param>
/// <param name="CountMax">Header lines.</param>
/// <param name="TargetBytesMax">Bytes of a request target.</param>
internal sealed record HeaderLimits(
    int BytesMax = 32 * 1024,
    int CountMax = 128,
    int TargetBytesMax = 8 * 1024)
{
    /// <summary>Bytes of a method. The longest registered one (UPDATEREDIRECTREF) has 17.</summary>
    public const int MethodBytesMax = 32;

    /// <summary>Empty lines skipped before a request line (RFC 9112 §2.2).</summary>
    public const int LeadingEmptyLinesMax = 2;

    /// <summary>Field names that Connection lines may nominate in one head.</summary>
    public const int NominatedFieldsMax = 16;

    /// <summary>Digits of a Content-Length; what they can say always fits a long.</summary>
    public const int ContentLengthDigitsMax = 18;

    /// <summary>Digits of a Max-Forwards.</summary>
    public const int MaxForwardsDigitsMax = 9;

    /// <summary>Bytes of a host, a trailing dot included (RFC 1035 §2.3.4).</summary>
    public const int HostBytesMax = 255;

    /// <summary>Hex digits of a chunk size.</summary>
    public const int ChunkSizeDigitsMax = 16;

    /// <summary>Bytes that all chunk extensions of one body may take together (RFC 9112 §7.1.1).</summary>
    public const int ChunkExtensionBytesMax = 4 * 1024;

    /// <summary>The bounds of a trailer section.</summary>
    public static HeaderLimits Trailers { get; } = new(BytesMax: 8 * 1024, CountMax: 32);
}
