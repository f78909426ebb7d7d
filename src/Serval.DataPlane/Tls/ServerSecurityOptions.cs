namespace Serval.DataPlane.Tls;

/// <summary>What connections of one listener, for one of its certificates, have in common.</summary>
internal sealed record ServerSecurityOptions
{
    /// <summary>
    /// The certificate, and one with another kind of key for the same names, if there is one.
    /// </summary>
    public required IReadOnlyList<HeldKeyPair> Pairs { get; init; }

    /// <summary>Whether TLS 1.2 is refused.</summary>
    public bool IsTls13Only { get; init; }

    /// <summary>Whether HTTP is spoken inside, and so named by ALPN.</summary>
    public bool IsHttp { get; init; }

    /// <summary>
    /// Whether it answers challenges (RFC 8737): then <c>acme-tls/1</c> is the only protocol, and nothing is
    /// spoken inside.
    /// </summary>
    public bool IsChallenge { get; init; }

    /// <summary>Whether clients show certificates.</summary>
    public ClientCertificates Clients { get; init; }

    /// <summary>PEM bundles of the authorities that clients' certificates are checked against.</summary>
    public IReadOnlyList<byte[]> Authorities { get; init; } = [];

    /// <summary>
    /// What sessions of this listener are good for: whoever changes the listener or its policy for clients
    /// gives it another text, and no session is resumed across the change.
    /// </summary>
    public required string Scope { get; init; }
}
