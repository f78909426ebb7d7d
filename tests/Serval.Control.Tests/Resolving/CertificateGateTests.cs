using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

    private static Translation AssertTaken(string[] names, DateTimeOffset end)
    {
        Translation translation = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, Https()), Secret(names, end));
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
