using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>
/// Public facts about a certificate that listeners or clusters name. Its chain and key travel apart
/// (<see cref="Secrets.KeyPair"/>) and are found by name and digest.
/// </summary>
public sealed record Certificate
{
    /// <summary>Unique name, <c>namespace/secret</c> when it came from a Secret.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// SHA-256 in lower-case hex over the chain, the public key and the OCSP response, never over the private
    /// key: see <see cref="Secrets.KeyPair.DigestOf"/>. Another certificate has another digest, so that the
    /// snapshot has another version.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>
    /// Hostnames, exact or with a leading <c>*.</c>, and IP addresses that it is for, in lower case; sorted.
    /// </summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>When it expires, Unix milliseconds; 0 when that is not known.</summary>
    public long NotAfterMs { get; init; }

    /// <summary>True when an OCSP response comes with the key, to be stapled.</summary>
    public bool HasOcsp { get; init; }

    /// <summary>
    /// When that response is over and stapled no more, Unix milliseconds; 0 when there is none, or its end is
    /// not known.
    /// </summary>
    public long OcspNotAfterMs { get; init; }
}
