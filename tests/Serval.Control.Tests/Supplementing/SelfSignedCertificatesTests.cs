using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Model;
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

    [Fact]
    public void Nothing_is_signed_unless_it_is_asked_for()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder.PathOf("g.yaml"), Gateway("a.example.com"));
        Translation translation = new FileProvider(folder.PathOf("g.yaml")).Load();
        Assert.Empty(translation.Snapshot.Listeners);
        Assert.Contains("InvalidCertificateRef", translation.Reasons(), StringComparison.Ordinal);
    }

    private static string Gateway(string hostname) =>
        $"{ObjectText.Class}---\n{ObjectText.SecureGateway("edge", "default", 443, "c", hostname)}";
}
