using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Store;
using Serval.Control.Supplementing;

namespace Serval.Control.Tests.Reporting;

/// <summary>Findings of a control plane that nobody tells of a change any more.</summary>
public sealed class AgingFindingsTests
{
    private const int TenDaysMs = 10 * 24 * 3_600_000;

    [Fact]
    public void A_certificate_that_comes_near_its_end_is_found_although_no_object_changes()
    {
        ManualTime time = new();
        ControlPlane plane = new(new TranslationOptions { Time = time }, ResourceKind.All);
        Translation translation = plane.Apply(new ChangeBatch
        {
            Upserts =
            [
                SmallObjects.Class(),
                SmallObjects.Gateway("edge", 0, Https("old"), Https("young")),
                SmallObjects.Route("r", 0, "edge", "none"),
                Secret("old", time.GetUtcNow().AddDays(25)), Secret("young", time.GetUtcNow().AddDays(300)),
            ],
            Synced = [.. ResourceKind.All],
        })!;
        Assert.Empty(AgesOf(translation));
        Assert.NotEmpty(translation.Findings);
        time.Advance(TenDaysMs);
        time.Advance(TenDaysMs);
        Assert.Equal([(Severity.Warning, "Secret shop/old", "ExpiresSoon")], AgesOf(translation));
        time.Advance(TenDaysMs);
        Assert.Equal([(Severity.Error, "Secret shop/old", "Expired")], AgesOf(translation));
        Assert.Equal(
            translation.Findings.Select(finding => finding.Subject).Order(StringComparer.Ordinal),
            translation.Findings.Select(finding => finding.Subject));
    }

    private static IEnumerable<(Severity, string, string)> AgesOf(Translation translation) =>
        translation.Findings
            .Where(finding => finding.Reason is CertificateAges.Expired or CertificateAges.ExpiresSoon)
            .Select(finding => (finding.Severity, finding.Subject, finding.Reason));

    private static GatewayListener Https(string name) => new()
    {
        Name = name,
        Port = 443,
        Protocol = "HTTPS",
        Hostname = $"{name}.example",
        Tls = new GatewayListenerTls { CertificateRefs = [new ObjectReference { Name = name }] },
    };

    private static SecretResource Secret(string name, DateTimeOffset end)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName($"{name}.example");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(end.AddDays(-365), end);
        return TlsSecret.Of(
            new ObjectKey(Groups.Core, Kinds.Secret, SmallObjects.Namespace, name),
            certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
