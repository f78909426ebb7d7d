namespace Serval.DataPlane.Tls;

/// <summary>What a valid certificate of a client says; all empty when there is none.</summary>
internal readonly ref struct ClientFacts
{
    /// <summary>Its subject by RFC 2253; empty when it is too long to be passed on.</summary>
    public ReadOnlySpan<byte> Subject { get; init; }

    /// <summary>Its alternative names as <c>DNS:a, URI:b</c>; empty when they are too long.</summary>
    public ReadOnlySpan<byte> Names { get; init; }

    /// <summary>SHA-256 of it in lower-case hexadecimal digits.</summary>
    public ReadOnlySpan<byte> Fingerprint { get; init; }
}
