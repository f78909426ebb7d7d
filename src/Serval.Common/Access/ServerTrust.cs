using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Serval.Common.Access;

/// <summary>Whom a client believes to be the server that it wants.</summary>
public static class ServerTrust
{
    /// <summary>
    /// Trust in what these authorities, which sign themselves, signed, and in nothing else; the name of the
    /// server is checked too.
    /// </summary>
    public static X509ChainPolicy In(X509Certificate2Collection authorities)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>
    /// The same as the callback of a handshake. Here an authority may also be one that another one signed:
    /// the CA of a cluster whose root is kept elsewhere. The name must be right whatever signed it.
    /// </summary>
    /// <param name="authorities">Who signs servers; null for the authorities of the system.</param>
    /// <param name="name">
    /// The name that the server must have; null for the one that was connected to. HttpClient compares with
    /// the address of the URL, whatever else it was told.
    /// </param>
    /// <param name="presented">What the server shows.</param>
    /// <param name="chain">What it sent besides.</param>
    /// <param name="errors">What the handshake found.</param>
    public static bool Accepts(
        X509Certificate2Collection? authorities, string? name, X509Certificate? presented, X509Chain? chain,
        SslPolicyErrors errors)
    {
        if (presented is null || chain is null)
            return false;
        using X509Certificate2 server = new(presented);
        if (name is null
            ? errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            : !server.MatchesHostname(name))
            return false;
        if (authorities is null)
            return (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        using X509Chain own = new();
        own.ChainPolicy = In(authorities);
        own.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        return own.Build(server) && authorities.Any(own.ChainElements[^1].Certificate.Equals);
    }
}
