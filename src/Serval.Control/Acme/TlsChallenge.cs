using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Supplementing;

namespace Serval.Control.Acme;

/// <summary>
/// The certificate that answers one challenge of TLS-ALPN-01 (RFC 8737 §3), with its key, and the objects
/// that bring it to the listeners of its hostname. Both live in memory alone, as long as the challenge.
/// </summary>
internal sealed class TlsChallenge
{
    private const string SecretName = "serval-acme-challenge";
    private const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31";

    // Nobody is warned of its end: it is gone long before.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
    private readonly string _hostname;
    private readonly string _chainPem;
    private readonly string _keyPem;

    private TlsChallenge(string token, string hostname, string chainPem, string keyPem) =>
        (Token, _hostname, _chainPem, _keyPem) = (token, hostname, chainPem, keyPem);

    /// <summary>The authority's name for the challenge.</summary>
    public string Token { get; }

    /// <summary>Signs one.</summary>
    /// <param name="token">The authority's name for the challenge.</param>
    /// <param name="hostname">The hostname that is proven.</param>
    /// <param name="answer">The key authorisation (RFC 8555 §8.1).</param>
    /// <param name="now">The time of day.</param>
    public static TlsChallenge Make(string token, string hostname, string answer, DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=ACME challenge", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(hostname);
        request.CertificateExtensions.Add(names.Build());
        AsnWriter digest = new(AsnEncodingRules.DER);
        digest.WriteOctetString(SHA256.HashData(Encoding.ASCII.GetBytes(answer)));
        request.CertificateExtensions.Add(new X509Extension(AcmeIdentifier, digest.Encode(), critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now + Lifetime);
        return new TlsChallenge(
            token, hostname, certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>
    /// Gateways and ListenerSets whose listeners terminate TLS for the hostname, each with this certificate
    /// beside its own, and the Secrets that hold it.
    /// </summary>
    /// <param name="objects">Those of the files.</param>
    public IEnumerable<Resource> ObjectsBeside(IEnumerable<Resource> objects)
    {
        HashSet<string> namespaces = new(StringComparer.Ordinal);
        foreach (Resource owner in objects)
        {
            Resource? changed = owner switch
            {
                GatewayResource gateway when gateway.Spec.Listeners.Any(Serves) => gateway with
                {
                    Metadata = Change(gateway.Metadata),
                    Spec = gateway.Spec with { Listeners = [.. gateway.Spec.Listeners.Select(Add)] },
                },
                ListenerSetResource set when set.Spec.Listeners.Any(Serves) => set with
                {
                    Metadata = Change(set.Metadata),
                    Spec = set.Spec with { Listeners = [.. set.Spec.Listeners.Select(Add)] },
                },
                _ => null,
            };
            if (changed is null)
                continue;
            yield return changed;
            string space = owner.Metadata.Namespace;
            if (namespaces.Add(space))
            {
                yield return TlsSecret.Of(
                    new ObjectKey(Groups.Core, Kinds.Secret, space, SecretName), _chainPem, _keyPem);
            }
        }
    }

    // An object of the same version counts as unchanged.
    private ObjectMeta Change(ObjectMeta metadata) =>
        metadata with { ResourceVersion = $"{metadata.ResourceVersion}+{Token}" };

    private bool Serves(GatewayListener listener) =>
        listener is { Protocol: "HTTPS" or "TLS", Tls.Mode: "Terminate" } && listener.Hostname == _hostname;

    private GatewayListener Add(GatewayListener listener) => !Serves(listener) ? listener : listener with
    {
        Tls = listener.Tls! with
        {
            CertificateRefs = [.. listener.Tls.CertificateRefs, new ObjectReference { Name = SecretName }],
        },
    };
}
