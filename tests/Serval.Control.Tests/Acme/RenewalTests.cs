using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Control.Acme;
using Serval.Control.Kubernetes;

namespace Serval.Control.Tests.Acme;

public sealed class RenewalTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ObjectKey Secret = new("", Kinds.Secret, "ns", "name");

    [Fact]
    public void A_certificate_is_renewed_at_two_thirds_of_its_lifetime_or_a_little_earlier()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=a", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(Start, Start.AddDays(90));
        Assert.Equal(Start.AddDays(60), RenewalWindow.DueAt(certificate, draw: 0));
        Assert.Equal(Start.AddDays(55.5), RenewalWindow.DueAt(certificate, draw: 1));
        Assert.Null(RenewalWindow.IdOf(certificate)); // it names no issuer's key
    }

    [Fact]
    public void A_window_of_the_authority_is_used_whole()
    {
        Assert.Equal(Start.AddDays(1), RenewalWindow.DueAt(Start, Start.AddDays(2), draw: 0.5));
        Assert.Equal(Start, RenewalWindow.DueAt(Start, Start.AddDays(-2), draw: 0.5));
    }

    [Fact]
    public void More_than_three_tries_an_hour_wait_also_after_a_restart()
    {
        using TempFolder folder = new();
        string state = folder.PathOf("acme");
        using (new AcmeStore(state).OpenAccountKey(new Uri("https://a.example/")))
        {
            for (int i = 0; i < AcmeLimits.TriesPerHour; i++)
                Assert.Null(new AcmeStore(state).TryNote(Secret, Start.AddMinutes(i)));
        }
        Assert.Equal(Start.AddHours(1), new AcmeStore(state).TryNote(Secret, Start.AddMinutes(59)));
        Assert.Null(new AcmeStore(state).TryNote(Secret with { Name = "other" }, Start.AddMinutes(59)));
        Assert.Null(new AcmeStore(state).TryNote(Secret, Start.AddMinutes(60)));
        Assert.Equal(Start.AddMinutes(61), new AcmeStore(state).TryNote(Secret, Start.AddMinutes(60)));
    }

    [Fact]
    public void Tries_that_cannot_be_read_do_not_count()
    {
        using TempFolder folder = new();
        string state = folder.PathOf("acme");
        AcmeStore store = new(state);
        using (store.OpenAccountKey(new Uri("https://a.example/")))
            Assert.Null(store.TryNote(Secret, Start));
        string file = Directory.GetFiles(state, "*+tries").Single();
        string[] lines = ["soon", "", "99999999999999999999", $"{Start.ToUnixTimeSeconds()}"];
        new Common.Files.CheckedFile(file, "serval-acme-1 ", AcmeLimits.StateBytesMax, isSecret: true)
            .Write(Encoding.ASCII.GetBytes(string.Join('\n', lines)));
        Assert.Null(store.TryNote(Secret, Start));
        Assert.Null(store.TryNote(Secret, Start));
        Assert.NotNull(store.TryNote(Secret, Start));
    }

    [Fact]
    public void The_account_stays_the_same_for_one_authority_and_certificates_for_the_same_names()
    {
        using TempFolder folder = new();
        AcmeStore store = new(folder.PathOf("acme"));
        using AccountKey first = store.OpenAccountKey(new Uri("https://a.example/"));
        using AccountKey again = store.OpenAccountKey(new Uri("https://a.example/"));
        using AccountKey other = store.OpenAccountKey(new Uri("https://b.example/"));
        Assert.Equal(first.Thumbprint, again.Thumbprint);
        Assert.NotEqual(first.Thumbprint, other.Thumbprint);
        store.Keep(Secret, ["a", "b"], "chain", "key");
        Assert.Equal(("chain", "key"), store.Find(Secret, ["a", "b"]));
        Assert.Null(store.Find(Secret, ["a"]));
        Assert.All(
            Directory.GetFiles(folder.PathOf("acme")),
            file => Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }
}
