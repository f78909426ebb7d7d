namespace Serval.Control.Acme;

/// <summary>How control of a hostname is proven.</summary>
internal enum ChallengeKind
{
    /// <summary>By a response over HTTP at port 80 (RFC 8555 §8.3).</summary>
    Http01,

    /// <summary>By the certificate of a TLS handshake at port 443 (RFC 8737).</summary>
    TlsAlpn01,
}
