using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Supplementing;

/// <summary>
/// Certificates that this process signs itself, for listeners whose Secret no file holds: HTTPS on a laptop.
/// They live in memory alone, so every start makes new ones.
/// </summary>
/// <remarks>Owner: one file provider. Thread: one at a time. Bound: Secrets that listeners name.</remarks>
public sealed partial class SelfSignedCertificates(TimeProvider time, ILogger log) : FileSupplement
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);
    private readonly Dictionary<ObjectKey, Made> _made = [];

    /// <inheritdoc/>
    internal override IEnumerable<Resource> ObjectsBeside(ImmutableArray<Resource> objects)
    {
        ImmutableArray<MissingCertificate> missing = MissingCertificate.Find(objects);
        foreach (ObjectKey gone in _made.Keys.Except(missing.Select(one => one.Secret)).ToArray())
            _made.Remove(gone);
        return [.. missing.Select(SecretFor)];
    }

    private SecretResource SecretFor(MissingCertificate missing)
    {
        DateTimeOffset now = time.GetUtcNow();
        string names = string.Join(", ", missing.Hostnames);
        if (_made.TryGetValue(missing.Secret, out Made? made) && made.Names == names
            && made.NotAfter - now > RenewBefore)
            return made.Secret;
        (string chain, string key, string fingerprint) = Make(missing.Hostnames, now);
        LogMade(log, missing.Secret.Path, names.Length == 0 ? "localhost" : names, fingerprint);
        made = new Made(TlsSecret.Of(missing.Secret, chain, key), names, now + Lifetime);
        _made[missing.Secret] = made;
        return made.Secret;
    }

    private static (string Chain, string Key, string Fingerprint) Make(
        ImmutableArray<string> hostnames, DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Serval self-signed", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        foreach (string hostname in hostnames)
            names.AddDnsName(hostname);
        if (hostnames.IsEmpty)
        {
            names.AddDnsName("localhost");
            names.AddDnsName("*.localhost");
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
        }
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        // A clock that is a little behind ours must not find it too new.
        using X509Certificate2 certificate =
            request.CreateSelfSigned(now - TimeSpan.FromHours(1), now + Lifetime);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(),
            certificate.GetCertHashString(HashAlgorithmName.SHA256));
    }

    [LoggerMessage(2067, LogLevel.Warning,
        "{Secret} is in no file: signed a certificate for {Names} ourselves, which no client trusts; "
        + "SHA-256 {Fingerprint}")]
    private static partial void LogMade(ILogger log, string secret, string names, string fingerprint);

    private sealed record Made(SecretResource Secret, string Names, DateTimeOffset NotAfter)
    {
        public override string ToString() => $"{Secret.Key} for {Names}";
    }
}
