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
    public void Tries_that_were_noted_while_the_clock_was_ahead_do_not_count()
    {
        using TempFolder folder = new();
        AcmeStore store = new(folder.Root);
        for (int i = 0; i < AcmeLimits.TriesPerHour; i++)
            Assert.Null(store.TryNote(Secret, Start.AddYears(1)));
        Assert.NotNull(store.TryNote(Secret, Start.AddYears(1)));
        Assert.Null(store.TryNote(Secret, Start));
    }

    [Fact]
    public void A_file_of_state_that_is_damaged_is_named_with_the_remedy()
    {
        using TempFolder folder = new();
        AcmeStore store = new(folder.Root);
        Assert.Null(store.TryNote(Secret, Start));
        string file = folder.PathOf("ns_name+tries");
        File.AppendAllText(file, "x");
        InvalidDataException fault =
            Assert.Throws<InvalidDataException>(() => store.TryNote(Secret, Start));
        Assert.StartsWith(file, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("; remove it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_a_Secret_that_is_a_path_does_not_lead_out_of_the_folder()
    {
        using TempFolder folder = new();
        AcmeStore store = new(Directory.CreateDirectory(folder.PathOf("acme")).FullName);
        Assert.Null(store.TryNote(Secret with { Namespace = "..", Name = "/../../../x" }, Start));
        Assert.Single(Directory.GetFiles(folder.PathOf("acme")));
    }

    [Fact]
    public void A_request_is_signed_for_exactly_the_URL_that_it_goes_to()
    {
        const string url = "https://a.example/order/a%20b";
        using AccountKey key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        string header = key.Sign(new Uri(url), "nonce", null, null)["protected"]!.GetValue<string>();
        string text = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(header));
        Assert.Contains($"\"url\":\"{url}\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_account_stays_the_same_for_one_authority_and_certificates_stay_with_their_names()
    {
        using TempFolder folder = new();
        AcmeStore store = new(folder.PathOf("acme"));
        using AccountKey first = store.OpenAccountKey(new Uri("https://a.example/"));
        using AccountKey again = store.OpenAccountKey(new Uri("https://a.example/"));
        using AccountKey other = store.OpenAccountKey(new Uri("https://b.example/"));
        Assert.Equal(first.Thumbprint, again.Thumbprint);
        Assert.NotEqual(first.Thumbprint, other.Thumbprint);
        store.Keep(Secret, new KeptCertificate(["a", "b"], "chain", "key", "https://a.example/"));
        KeptCertificate kept = store.Find(Secret)!;
        Assert.Equal("a b", string.Join(' ', kept.Names));
        Assert.Equal(("chain", "key", "https://a.example/"), (kept.ChainPem, kept.KeyPem, kept.Authority));
        Assert.Null(store.Find(Secret with { Name = "other" }));
        Assert.All(
            Directory.GetFiles(folder.PathOf("acme")),
            file => Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }
}
