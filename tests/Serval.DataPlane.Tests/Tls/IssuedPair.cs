using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Config.Model;
using Serval.Config.Secrets;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>A certificate with its key, as each side of a test needs it.</summary>
/// <param name="Model">As snapshots name it.</param>
/// <param name="ChainPem">The certificate and its issuer.</param>
/// <param name="KeyPem">Its key.</param>
/// <param name="Fingerprint">SHA-256 of the certificate.</param>
internal sealed record IssuedPair(Certificate Model, string ChainPem, string KeyPem, string Fingerprint)
{
    /// <summary>As it travels to a router.</summary>
    public KeyPair Keys(byte[]? ocsp = null) => new()
    {
        Name = Model.Name,
        Digest = Model.Digest,
        ChainPem = Encoding.ASCII.GetBytes(ChainPem),
        PrivateKeyPem = Encoding.ASCII.GetBytes(KeyPem),
        OcspDer = ocsp,
    };

    /// <summary>For SslStream.</summary>
    public X509Certificate2 ForSslStream()
    {
        using X509Certificate2 made = X509Certificate2.CreateFromPem(ChainPem, KeyPem);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
