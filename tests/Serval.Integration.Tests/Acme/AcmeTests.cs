using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Common.Files;
using Serval.Integration.Tests.Harness;
using Serval.Integration.Tests.Secrets;

namespace Serval.Integration.Tests.Acme;

/// <summary>Certificates by themselves, against a real authority of tests.</summary>
public sealed class AcmeTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [PebbleFact]
    public async Task A_listener_gets_a_certificate_for_its_hostname_past_a_redirect_and_keeps_it()
    {
        int port = Ports.Free();
        await using Pebble pebble = await Pebble.StartAsync(port);
        using Folder files = new();
        using Folder state = new();
        files.Write("gateway.yaml", Gateway(port, Ports.Free()));
        await using (ServalProcess first = Start(files, state, pebble))
        {
            await first.WaitForLineAsync(@"Got a certificate for infra/shop \(shop\.example\.com\)");
            first.Terminate();
            Assert.Equal(0, await first.WaitForExitAsync());
        }
        string acme = Path.Combine(state.Root, "acme");
        Assert.All(
            Directory.GetFiles(acme), file => Assert.Equal(OwnerOnly, File.GetUnixFileMode(file)));
        string kept = Path.Combine(acme, "infra_shop");
        string[] parts = File.ReadAllText(kept).Split('\0');
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(parts[1], parts[2]);
        Assert.True(certificate.MatchesHostname("shop.example.com"));

        // A start with what is kept asks for nothing.
        DateTime written = File.GetLastWriteTimeUtc(kept);
        await using ServalProcess second = Start(files, state, pebble);
        await second.WaitForLineAsync("Snapshot .*");
        Assert.DoesNotContain("There is no Secret", second.LogText, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
    }

    [PebbleFact]
    public async Task A_listener_gets_its_first_certificate_where_no_port_speaks_clear_text()
    {
        int securePort = Ports.Free();
        await using Pebble pebble = await Pebble.StartAsync(Ports.Free(), securePort);
        using Folder files = new();
        using Folder state = new();
        files.Write("gateway.yaml", Objects.SecureGateway(securePort, "shop", hostname: "shop.example.com"));
        await using ServalProcess serval = Start(files, state, pebble);
        await serval.WaitForLineAsync(@"Got a certificate for infra/shop \(shop\.example\.com\)");
        Assert.DoesNotContain("PRIVATE KEY", serval.LogText, StringComparison.Ordinal);
        serval.Terminate();
        Assert.Equal(0, await serval.WaitForExitAsync());
        Assert.DoesNotContain(
            "serval-acme-challenge",
            string.Concat(Directory.GetFiles(state.Root, "*", SearchOption.AllDirectories)
                .Select(File.ReadAllText)),
            StringComparison.Ordinal);
    }

    [PebbleFact]
    public async Task A_certificate_that_is_due_is_served_and_renewed_where_no_port_speaks_clear_text()
    {
        const string name = "shop.example.com";
        int securePort = Ports.Free();
        await using Pebble pebble = await Pebble.StartAsync(Ports.Free(), securePort);
        using Folder files = new();
        using Folder state = new();
        files.Write("gateway.yaml", Objects.SecureGateway(securePort, "shop", hostname: name));
        TestCertificate due = new(name, ageDays: 95);
        string acme = Directory.CreateDirectory(Path.Combine(state.Root, "acme")).FullName;
        new CheckedFile(Path.Combine(acme, "infra_shop"), "serval-acme-1 ", 1_048_576, isSecret: true).Write(
            Encoding.ASCII.GetBytes($"{name}\0{due.ChainPem}\0{due.KeyPem}\0{pebble.Directory}"));
        await using ServalProcess serval = Start(files, state, pebble);
        await serval.WaitForLineAsync(@"Got a certificate for infra/shop \(shop\.example\.com\)");
        Assert.DoesNotContain("There is no Secret", serval.LogText, StringComparison.Ordinal);
        CancellationToken stop = Deadline.Token();
        while (!(await IssuerOfAsync(securePort, name, stop)).Contains("Pebble", StringComparison.Ordinal))
            await Task.Delay(20, stop);
    }

    [PebbleFact]
    public async Task An_authority_that_cannot_reach_the_name_is_told_of_and_tried_again_later()
    {
        int port = Ports.Free();
        await using Pebble pebble = await Pebble.StartAsync(Ports.Free()); // where nobody listens
        using Folder files = new();
        using Folder state = new();
        files.Write("gateway.yaml", Gateway(port, Ports.Free()));
        await using ServalProcess serval = Start(files, state, pebble);
        await serval.WaitForLineAsync(
            @"No certificate for infra/shop \(shop\.example\.com\): shop\.example\.com could not be proven");
        // Clear text is served as ever.
        Assert.Equal(301, (await RawClient.GetAsync(port, "/", "Host: shop.example.com\r\n")).Status);
        Assert.Single(
            File.ReadAllLines(Path.Combine(state.Root, "acme", "infra_shop+tries"))[1..]
                .Where(line => line.Length > 0));
    }

    [Fact]
    public async Task Options_that_do_not_go_together_are_refused()
    {
        using Folder files = new();
        foreach ((string[] options, string said) in new (string[], string)[]
        {
            (["--acme-email", "a@example.com"], "--acme-email needs --state-dir"),
            (["--acme-email", "nobody", "--state-dir", files.Root], "is not an email address"),
            (["--acme-email", "a@b.c", "--state-dir", files.Root, "--self-signed"], "not both"),
            (["--acme-email", "a@b.c", "--state-dir", files.Root, "--acme-directory", "http://x"],
                "is not an https URL"),
        })
        {
            (int code, _, string errors) = await ServalProcess.RunAsync(["run", files.Root, .. options]);
            Assert.NotEqual(0, code);
            Assert.Contains(said, errors, StringComparison.Ordinal);
        }
    }

    private static async Task<string> IssuerOfAsync(int port, string name, CancellationToken stop)
    {
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", port, stop);
        await using SslStream stream = new(client.GetStream(), false, (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync(name);
        return stream.RemoteCertificate!.Issuer;
    }

    private static ServalProcess Start(Folder files, Folder state, Pebble pebble) => ServalProcess.Start(
        "run", files.Root, "--admin", "127.0.0.1:0", "--workers", "1", "--state-dir", state.Root,
        "--acme-email", "operator@example.com", "--acme-directory", pebble.Directory, "--acme-ca",
        pebble.AuthorityFile);

    private static string Gateway(int port, int securePort) =>
        Objects.SecureGateway(securePort, "shop", hostname: "shop.example.com", clearPort: port)
        + """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: to-https, namespace: infra}
        spec:
          parentRefs: [{name: edge, sectionName: http}]
          hostnames: [shop.example.com]
          rules:
          - filters: [{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301} }]

        """;
}
