using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>
/// Certificates of clients (FrontendTLSValidation): whose are trusted, and what upstreams are told of them.
/// </summary>
public sealed record ClientValidation
{
    /// <summary>Names of <see cref="Authority"/>s that a client's certificate must come from.</summary>
    public ImmutableArray<string> Authorities { get; init; } = [];

    /// <summary>What becomes of clients without a valid certificate.</summary>
    public ClientValidationMode Mode { get; init; }

    /// <summary>
    /// Request header that carries the subject of a valid certificate (RFC 4514); null forwards none.
    /// Whatever a client sends under this name is removed first, as with the next two.
    /// </summary>
    public string? SubjectHeader { get; init; }

    /// <summary>Request header that carries its subject alternative names.</summary>
    public string? NamesHeader { get; init; }

    /// <summary>Request header that carries its SHA-256 fingerprint in lower-case hex.</summary>
    public string? FingerprintHeader { get; init; }
}
