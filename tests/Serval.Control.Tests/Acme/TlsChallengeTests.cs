using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Control.Acme;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Tests.Acme;

/// <summary>Certificates that answer challenges over TLS, and where they are shown.</summary>
public sealed class TlsChallengeTests
{
    private const string Answer = "token.thumbprint";
    private static readonly TlsChallenge Challenge =
        TlsChallenge.Make("token", "a.example", Answer, DateTimeOffset.UtcNow);

    [Fact]
    public void The_certificate_is_as_RFC_8737_wants_it()
    {
        SecretResource secret = Assert.Single(
            Challenge.ObjectsBeside([Gateway(Https("a", "a.example"))]).OfType<SecretResource>());
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(
            secret.StringData["tls.crt"], secret.StringData["tls.key"]);
        Assert.True(certificate.MatchesHostname("a.example", allowWildcards: false, allowCommonName: false));
        Assert.Equal(certificate.Subject, certificate.Issuer);
        X509Extension digest = Assert.Single(
            certificate.Extensions, extension => extension.Oid!.Value == "1.3.6.1.5.5.7.1.31");
        Assert.True(digest.Critical);
        Assert.Equal([4, 32, .. SHA256.HashData(Encoding.ASCII.GetBytes(Answer))], digest.RawData);
    }

    [Fact]
    public void It_stands_behind_the_certificates_of_the_listeners_of_its_hostname_alone()
    {
        GatewayListener other = Https("b", "b.example");
        GatewayListener passed = Https("c", "a.example") with
        {
            Tls = new GatewayListenerTls { Mode = "Passthrough" },
        };
        ImmutableArray<Resource> beside =
            [.. Challenge.ObjectsBeside([Gateway(Https("a", "a.example"), other, passed)])];
        IReadOnlyList<GatewayListener> listeners =
            Assert.Single(beside.OfType<GatewayResource>()).Spec.Listeners;
        Assert.Equal(
            ["a", "serval-acme-challenge"],
            listeners[0].Tls!.CertificateRefs.Select(reference => reference.Name));
        Assert.Equal([other, passed], listeners.Skip(1));
        Assert.Empty(Challenge.ObjectsBeside([Gateway(other)]));
    }

    [Fact]
    public void A_Gateway_that_refers_to_it_is_another_version()
    {
        GatewayResource gateway = Gateway(Https("a", "a.example"));
        gateway = gateway with { Metadata = gateway.Metadata with { ResourceVersion = "1" } };
        GatewayResource changed =
            Assert.Single(Challenge.ObjectsBeside([gateway]).OfType<GatewayResource>());
        Assert.Equal(gateway.Key, changed.Key);
        Assert.False(changed.IsSameVersionAs(gateway));
    }

    [Theory]
    [InlineData("HTTP", null, true)]
    [InlineData("HTTP", "a.example", true)]
    [InlineData("HTTP", "*.example", true)]
    [InlineData("HTTP", "b.example", false)]
    [InlineData("HTTP", "*.a.example", false)]
    [InlineData("HTTPS", null, false)]
    public void HTTP_proves_a_name_where_a_listener_without_TLS_admits_it(
        string protocol, string? hostname, bool canReach)
    {
        GatewayListener listener =
            new() { Name = "web", Port = 8080, Protocol = protocol, Hostname = hostname };
        Assert.Equal(canReach, ChallengeRoutes.CanReach([Gateway(listener)], "a.example"));
    }

    private static GatewayResource Gateway(params GatewayListener[] listeners) =>
        SmallObjects.Gateway("edge", 0, [.. listeners]);

    private static GatewayListener Https(string name, string hostname) => new()
    {
        Name = name,
        Port = 443,
        Protocol = "HTTPS",
        Hostname = hostname,
        Tls = new GatewayListenerTls { CertificateRefs = [new ObjectReference { Name = name }] },
    };
}
