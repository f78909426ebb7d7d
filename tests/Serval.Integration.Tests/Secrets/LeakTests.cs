using System.Net;
using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Secrets;

/// <summary>Keys are looked for in everything that the program says or writes.</summary>
public sealed class LeakTests
{
    private static readonly string[] Pages = ["config", "certs", "findings", "metrics", "readyz"];

    [Fact]
    public void The_search_finds_what_it_looks_for()
    {
        TestCertificate certificate = new("a.example.com");
        foreach (string leak in new[]
        {
            certificate.KeyPem, certificate.Secret("ns", "n"),
            Encoding.ASCII.GetString(certificate.Push("ns/n")),
        })
        {
            Assert.ThrowsAny<Exception>(
                () => certificate.AssertAbsent("", Encoding.ASCII.GetBytes(leak)));
        }
        certificate.AssertAbsent("the chain", Encoding.ASCII.GetBytes(certificate.ChainPem));
    }

    [Fact]
    public async Task A_process_with_files_says_and_writes_no_key()
    {
        TestCertificate certificate = new("shop.example.com");
        TestCertificate stranger = new("other.example.com");
        using Folder files = new();
        using Folder state = new();
        files.Write("gateway.yaml", Objects.SecureGateway(
            Ports.Free(), "shop", hostname: "shop.example.com", clearPort: Ports.Free()));
        files.Write("secret.yaml", certificate.Secret("infra", "shop"));
        await using (ServalProcess serval = ServalProcess.Start(
            "run", files.Root, "--admin", "127.0.0.1:0", "--workers", "1", "--state-dir", state.Root))
        {
            using HttpClient admin = await RunningRouter.AdminOfAsync(serval);
            await serval.WaitForLineAsync("Snapshot .* is live");
            string certs = await admin.GetStringAsync(new Uri("certs", UriKind.Relative));
            Assert.Contains("\"infra/shop\"", certs, StringComparison.Ordinal);
            Assert.Contains("\"held\"", certs, StringComparison.Ordinal);
            Assert.Contains(certificate.Digest, certs, StringComparison.Ordinal);
            await AssertNoKeyAsync(certificate, admin, serval);
            // A key that does not fit is told of, without a word of it.
            files.Write("secret.yaml", certificate.Secret("infra", "shop").Replace(
                Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.KeyPem)),
                Convert.ToBase64String(Encoding.ASCII.GetBytes(stranger.KeyPem)),
                StringComparison.Ordinal));
            await serval.WaitForLineAsync("tls.key does not belong to tls.crt");
            await AssertNoKeyAsync(certificate, admin, serval);
            await AssertNoKeyAsync(stranger, admin, serval);
            serval.Terminate();
            Assert.Equal(0, await serval.WaitForExitAsync());
        }
        AssertNoKeyIn(certificate, state.Root);
        (_, string output, string errors) = await ServalProcess.RunAsync("validate", files.Root);
        stranger.AssertAbsent("validate", Encoding.UTF8.GetBytes(output + errors));
    }

    [Fact]
    public async Task A_router_keeps_a_pushed_key_sealed_or_waits_for_it_after_a_restart()
    {
        TestCertificate certificate = new("shop.example.com");
        using Folder state = new();
        int port = Ports.Free();
        string keyFile = Path.Combine(state.Root, "key");
        File.WriteAllText(keyFile, new string('k', 32));
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (ServalProcess first = Start(state, keyFile))
        {
            using HttpClient admin = await RunningRouter.AdminOfAsync(first);
            Assert.Equal(200, await PutAsync(admin, "config", Snapshot(certificate, port)));
            // Not held yet: it is live, and says what it waits for.
            Assert.Contains("\"waiting\"", await CertsAsync(admin), StringComparison.Ordinal);
            Assert.Equal("1", await WaitingAsync(admin));
            Assert.Equal(200, await PutAsync(admin, "secrets", certificate.Push("infra/shop")));
            Assert.Contains("\"held\"", await CertsAsync(admin), StringComparison.Ordinal);
            Assert.Null(await WaitingAsync(admin));
            await AssertNoKeyAsync(certificate, admin, first);
            Assert.Equal(400, await PutAsync(admin, "secrets", "{}"u8.ToArray()));
            first.Terminate();
            Assert.Equal(0, await first.WaitForExitAsync());
        }
        AssertNoKeyIn(certificate, state.Root);
        await using (ServalProcess again = Start(state, keyFile))
        {
            using HttpClient admin = await RunningRouter.AdminOfAsync(again);
            await again.WaitForLineAsync("Snapshot v1 is live");
            Assert.Contains("\"sealed file\"", await CertsAsync(admin), StringComparison.Ordinal);
            Assert.Null(await WaitingAsync(admin));
        }
        File.WriteAllText(keyFile, new string('o', 32));
        await using (ServalProcess other = Start(state, keyFile))
        {
            await other.WaitForLineAsync("error E126 .*sealed with another key");
            await other.WaitForLineAsync("no key is held for the certificates infra/shop");
        }
        await using ServalProcess without = Start(state, null);
        using HttpClient bare = await RunningRouter.AdminOfAsync(without);
        await without.WaitForLineAsync("no key is held for the certificates infra/shop");
        Assert.Equal("1", await WaitingAsync(bare));
    }

    private static ServalProcess Start(Folder state, string? keyFile) => ServalProcess.Start(
    [
        "router", "--admin", "127.0.0.1:0", "--workers", "1", "--state-dir", state.Root,
        .. keyFile is null ? Array.Empty<string>() : ["--state-key-file", keyFile],
    ]);

    private static byte[] Snapshot(TestCertificate certificate, int port) => Encoding.UTF8.GetBytes($$"""
        {"version":"v1","listeners":[{"name":"l","port":{{port}},"protocol":"https","tls":{"certificates":
        ["infra/shop"]} }],"certificates":[{"name":"infra/shop","digest":"{{certificate.Digest}}","names":
        ["shop.example.com"],"notAfterMs":4000000000000}]}
        """);

    private static async Task<int> PutAsync(HttpClient admin, string path, byte[] body)
    {
        using ByteArrayContent content = new(body);
        using HttpResponseMessage answer = await admin.PutAsync(
            new Uri(path, UriKind.Relative), content, Deadline.Token());
        return (int)answer.StatusCode;
    }

    private static Task<string> CertsAsync(HttpClient admin) =>
        admin.GetStringAsync(new Uri("certs", UriKind.Relative), Deadline.Token());

    private static async Task<string?> WaitingAsync(HttpClient admin)
    {
        using HttpResponseMessage answer = await admin.GetAsync(
            new Uri("readyz", UriKind.Relative), Deadline.Token());
        return answer.Headers.TryGetValues("Serval-Waiting-Certificates", out IEnumerable<string>? values)
            ? values.Single()
            : null;
    }

    private static async Task AssertNoKeyAsync(
        TestCertificate certificate, HttpClient admin, ServalProcess serval)
    {
        foreach (string page in Pages)
        {
            using HttpResponseMessage answer = await admin.GetAsync(
                new Uri(page, UriKind.Relative), Deadline.Token());
            Assert.NotEqual(HttpStatusCode.NotFound, answer.StatusCode);
            certificate.AssertAbsent(page, await answer.Content.ReadAsByteArrayAsync());
        }
        certificate.AssertAbsent("the log", Encoding.UTF8.GetBytes(serval.LogText));
        (int code, string output, string errors) = await ServalProcess.RunAsync(
            "certs", "--admin", admin.BaseAddress!.Authority);
        Assert.True(code == 0, errors);
        Assert.Contains("CERTIFICATE", output, StringComparison.Ordinal);
        certificate.AssertAbsent("serval certs", Encoding.UTF8.GetBytes(output + errors));
    }

    private static void AssertNoKeyIn(TestCertificate certificate, string folder)
    {
        string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith("last-good.json", StringComparison.Ordinal));
        foreach (string file in files)
            certificate.AssertAbsent(file, File.ReadAllBytes(file));
    }
}
