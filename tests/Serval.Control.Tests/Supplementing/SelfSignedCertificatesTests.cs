using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Supplementing;

namespace Serval.Control.Tests.Supplementing;

public sealed class SelfSignedCertificatesTests
{
    [Fact]
    public void A_listener_whose_Secret_no_file_holds_is_served_and_keeps_its_certificate()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder.PathOf("g.yaml"), Gateway("a.example.com"));
        FileProvider provider = new(
            folder.PathOf("g.yaml"),
            supplement: new SelfSignedCertificates(TimeProvider.System, NullLogger.Instance));
        Translation first = provider.Load();
        Certificate certificate = Assert.Single(first.Snapshot.Certificates);
        Assert.Equal(("default/c", "a.example.com"), (certificate.Name, Assert.Single(certificate.Names)));
        Assert.Equal(ListenerProtocol.Https, Assert.Single(first.Snapshot.Listeners).Protocol);
        using X509Certificate2 whole = X509Certificate2.CreateFromPem(
            System.Text.Encoding.ASCII.GetString(first.KeyPairs[0].ChainPem),
            System.Text.Encoding.ASCII.GetString(first.KeyPairs[0].PrivateKeyPem));
        Assert.True(whole.MatchesHostname("a.example.com"));

        // The same names give the same certificate, other names another.
        Assert.Equal(certificate.Digest, provider.Load().Snapshot.Certificates[0].Digest);
        File.WriteAllText(folder.PathOf("g.yaml"), Gateway("b.example.com"));
        Assert.Equal("b.example.com", Assert.Single(provider.Load().Snapshot.Certificates[0].Names));
    }

    // Where an authority is asked for them, each would be an order that nobody needs.
    [Fact]
    public void Nothing_is_signed_for_what_another_controller_serves()
    {
        GatewayResource ours = Secure("ours", "serval"), theirs = Secure("theirs", "other");
        GatewayClassResource other = new()
        {
            Metadata = new ObjectMeta { Name = "other" },
            Spec = new GatewayClassSpec { ControllerName = "other.example/controller" },
        };
        Resource[] objects =
        [
            SmallObjects.Class(), other, ours, theirs, Secure("unknown", "none"), Added("ours"),
            Added("theirs"), SmallObjects.Service("web", 80),
        ];
        SelfSignedCertificates supplement = new(TimeProvider.System, NullLogger.Instance);
        ImmutableArray<Resource> all =
            supplement.Complete([.. objects], "serval.dev/gateway-controller");
        Assert.Equal(
            ["of-ours", "set-of-ours"],
            all.OfType<SecretResource>().Select(secret => secret.Metadata.Name).Order());
        // Nothing of the files is lost.
        Assert.Empty(objects.Except(all));
    }

    [Fact]
    public void Nothing_is_signed_unless_it_is_asked_for()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder.PathOf("g.yaml"), Gateway("a.example.com"));
        Translation translation = new FileProvider(folder.PathOf("g.yaml")).Load();
        Assert.Empty(translation.Snapshot.Listeners);
        Assert.Contains("InvalidCertificateRef", translation.Reasons(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_is_signed_anew_a_month_before_its_end_and_not_sooner()
    {
        ManualTime time = new();
        SelfSignedCertificates supplement = new(time, NullLogger.Instance);
        SecretResource first = Signed();
        time.Advance(TimeSpan.FromDays(365 - 31));
        Assert.Same(first, Signed());
        time.Advance(TimeSpan.FromDays(2));
        SecretResource second = Signed();
        Assert.NotSame(first, second);
        time.Advance(TimeSpan.FromDays(2));
        Assert.Same(second, Signed());

        SecretResource Signed() => Assert.Single(
            supplement.Complete(
                [SmallObjects.Class(), Secure("edge", "serval")], "serval.dev/gateway-controller")
                .OfType<SecretResource>());
    }

    [Fact]
    public void A_certificate_for_every_host_is_for_this_machine_and_valid_by_a_clock_that_is_behind()
    {
        ManualTime time = new();
        SecretResource secret = Assert.Single(
            new SelfSignedCertificates(time, NullLogger.Instance).Complete(
                [SmallObjects.Class(), Secure("edge", "serval")], "serval.dev/gateway-controller")
                .OfType<SecretResource>());
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(secret.StringData["tls.crt"]);
        foreach (string name in (string[])["localhost", "blog.localhost", "127.0.0.1", "::1"])
            Assert.True(certificate.MatchesHostname(name), name);
        Assert.False(certificate.MatchesHostname("a.example.com"));
        DateTimeOffset behind = time.GetUtcNow().AddMinutes(-30);
        Assert.InRange(behind.UtcDateTime, certificate.NotBefore.ToUniversalTime(), DateTime.MaxValue);
    }

    private static GatewayListener Https(string secret) => SmallObjects.Listener("https", 443) with
    {
        Protocol = "HTTPS",
        Tls = new GatewayListenerTls
        {
            CertificateRefs = [new ObjectReference { Name = secret }],
        },
    };

    private static GatewayResource Secure(string name, string gatewayClass)
    {
        GatewayResource gateway = SmallObjects.Gateway(name, 0, Https($"of-{name}"));
        return gateway with { Spec = gateway.Spec with { GatewayClassName = gatewayClass } };
    }

    private static ListenerSetResource Added(string gateway) => new()
    {
        Metadata = SmallObjects.Meta($"to-{gateway}", 0),
        Spec = new ListenerSetSpec
        {
            ParentRef = new ParentReference { Name = gateway },
            Listeners = [Https($"set-of-{gateway}")],
        },
    };

    private static string Gateway(string hostname) =>
        $"{ObjectText.Class}---\n{ObjectText.SecureGateway("edge", "default", 443, "c", hostname)}";
}
