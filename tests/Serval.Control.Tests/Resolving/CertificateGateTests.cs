using System.Formats.Asn1;
using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Supplementing;

namespace Serval.Control.Tests.Resolving;

/// <summary>
/// Certificates that say odd things: whatever one Secret holds, routers take the snapshot.
/// </summary>
public sealed class CertificateGateTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("a_b.example")]
    [InlineData("-a.example")]
    [InlineData("a-.example")]
    [InlineData("a..example")]
    [InlineData("a.example.")]
    [InlineData("A.Example")]
    [InlineData("*")]
    [InlineData("*.example")]
    [InlineData("*.*.example")]
    [InlineData("a.*.example")]
    [InlineData("1.2.3.4")]
    [InlineData("999.1.1.1")]
    [InlineData("1")]
    [InlineData("xn--a")]
    [InlineData("xn--nxasmq6b.example")]
    [InlineData("a b.example")]
    [InlineData("a\0.example")]
    [InlineData("")]
    public void A_name_that_is_none_is_left_out(string name) => AssertTaken([name], Now.AddYears(1));

    [Fact]
    public void Names_and_labels_that_are_too_long_are_left_out()
    {
        string label = new('a', 64);
        AssertTaken(
            [$"{label}.example", string.Join('.', Enumerable.Repeat(label[..60], 5)), $"*.{label}"],
            Now.AddYears(1));
    }

    [Fact]
    public void More_names_than_a_certificate_may_have_are_left_out() =>
        AssertTaken([.. Enumerable.Range(0, 1_100).Select(i => $"a{i}.example")], Now.AddYears(1));

    [Fact]
    public void An_end_before_the_beginning_of_Unix_time_has_passed()
    {
        Translation translation = AssertTaken(["a.example"], new(1960, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Contains(translation.Findings, finding => finding.Reason == CertificateAges.Expired);
    }

    [Theory]
    [InlineData("good", null)]
    [InlineData("revoked", "tls.ocsp-staple says that the certificate is revoked or not known; renew it.")]
    [InlineData("other",
        "tls.ocsp-staple is about another certificate; ask for one about that of tls.crt.")]
    [InlineData("text", "tls.ocsp-staple is no OCSP response in DER; ask the authority for one.")]
    [InlineData("", "tls.ocsp-staple is empty; fill it.")]
    public void An_OCSP_response_of_no_use_is_left_out_and_told(string kind, string? warning)
    {
        DateTimeOffset end = Now.AddYears(70);
        SecretResource secret = Secret(["a.example"], end);
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(secret.StringData["tls.crt"]);
        OcspAnswer good = new()
        {
            SerialNumber = new BigInteger(certificate.SerialNumberBytes.Span, isBigEndian: true),
            NextUpdate = end,
        };
        byte[] der = kind switch
        {
            "good" => good.ToDer(),
            "revoked" => (good with { CertificateStatus = 1 }).ToDer(),
            "other" => (good with { SerialNumber = good.SerialNumber + 1 }).ToDer(),
            _ => Encoding.ASCII.GetBytes(kind),
        };
        Translation translation = AssertTaken(secret with
        {
            Data = new Dictionary<string, string> { ["tls.ocsp-staple"] = Convert.ToBase64String(der) },
        });
        Certificate taken = translation.Snapshot.Certificates[0];
        Assert.Equal(
            warning is null ? (true, end.ToUnixTimeMilliseconds()) : (false, 0),
            (taken.HasOcsp, taken.OcspNotAfterMs));
        Assert.Equal(warning is null ? der : null, translation.KeyPairs.Single().OcspDer);
        Assert.Equal(
            warning is null ? null : (Severity.Warning, $"Secret {taken.Name}: {warning}"),
            translation.Findings.Select(found => ((Severity, string)?)(found.Severity, found.Message))
                .SingleOrDefault());
    }

    private static Translation AssertTaken(string[] names, DateTimeOffset end) =>
        AssertTaken(Secret(names, end));

    private static Translation AssertTaken(SecretResource secret)
    {
        Translation translation = SmallObjects.Translate(SmallObjects.Gateway("edge", 0, Https()), secret);
        Assert.True(
            translation.Snapshot.Certificates.Length == 1, string.Join('\n', translation.Findings));
        Assert.Empty(SnapshotValidator.Validate(translation.Snapshot)
            .Where(finding => finding.Severity == Severity.Error));
        return translation;
    }

    private static GatewayListener Https() => new()
    {
        Name = "https",
        Port = 443,
        Protocol = "HTTPS",
        Tls = new GatewayListenerTls { CertificateRefs = [new ObjectReference { Name = "odd" }] },
    };

    private static SecretResource Secret(string[] names, DateTimeOffset end)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=odd", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(NamesOf(names));
        using X509Certificate2 certificate = request.CreateSelfSigned(end.AddYears(-5), end);
        return TlsSecret.Of(
            new ObjectKey(Groups.Core, Kinds.Secret, SmallObjects.Namespace, "odd"),
            certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    // The builder of the framework refuses such names.
    private static X509Extension NamesOf(string[] names)
    {
        Asn1Tag dns = new(TagClass.ContextSpecific, 2);
        Asn1Tag address = new(TagClass.ContextSpecific, 7);
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (string name in names)
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, dns);
            foreach (string text in new[] { "::ffff:1.2.3.4", "fe80::1", "::", "0.0.0.0" })
                writer.WriteOctetString(IPAddress.Parse(text).GetAddressBytes(), address);
        }
        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }
}
