using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Serval.Config.Model;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>What the server name of a client decides.</summary>
public sealed class ServerNameTests
{
    [Theory]
    [InlineData("exact.example", "exact")]
    [InlineData("EXACT.example", "exact")]
    [InlineData("any.wild.example", "wild")]
    [InlineData("a.b.wild.example", "first")]
    [InlineData("unknown.example", "first")]
    public async Task The_name_chooses_the_certificate(string name, string shown)
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair first = scene.Authority.Issue("first", ["first.example"]);
        IssuedPair exact = scene.Authority.Issue("exact", ["exact.example"]);
        IssuedPair wild = scene.Authority.Issue("wild", ["*.wild.example"], isRsa: true);
        scene.Apply(scene.Https(first, exact, wild), first, exact, wild);

        using SslStream client = await scene.ConnectAsync(name, anyName: true);
        Assert.Equal($"CN={shown}", client.RemoteCertificate!.Subject);
        Assert.EndsWith(TlsScene.Body, await TlsScene.AskAsync(client, name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_knows_RSA_alone_is_shown_the_RSA_certificate_of_the_pair()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair ecdsa = scene.Authority.Issue("ecdsa", ["a.example"]);
        IssuedPair rsa = scene.Authority.Issue("rsa", ["a.example"], isRsa: true);
        scene.Apply(scene.Https(ecdsa, rsa), ecdsa, rsa);

        using SslStream both = await scene.ConnectAsync("a.example");
        Assert.Equal("CN=ecdsa", both.RemoteCertificate!.Subject);
        using SslStream old = await scene.ConnectAsync("a.example", SslProtocols.Tls12, ciphers: new(
            [TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]));
        Assert.Equal("CN=rsa", old.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task A_name_that_no_listener_is_for_is_refused_with_an_alert()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Of([scene.Listener("web", "a.example", pair)], [pair]), pair);

        await Assert.ThrowsAnyAsync<Exception>(() => scene.ConnectAsync("b.example"));
        Assert.Contains(
            "serval_tls_handshake_failures_total{side=\"downstream\",reason=\"alert-sent\","
            + "alert=\"unrecognized_name\"} 1\n", scene.Metrics(), StringComparison.Ordinal);
        using SslStream client = await scene.ConnectAsync("a.example");
        Assert.EndsWith(
            TlsScene.Body, await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_whose_key_has_not_come_refuses_clients_until_it_does()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        ApplyResult result = scene.Router.Apply(scene.Https(pair));
        Assert.True(result.IsAccepted);
        Assert.Equal("WaitingForKey", Assert.Single(result.Findings).Reason);
        await Assert.ThrowsAnyAsync<Exception>(() => scene.ConnectAsync("a.example"));
        Assert.Contains("alert=\"internal_error\"} 1\n", scene.Metrics(), StringComparison.Ordinal);

        Assert.Empty(scene.Router.PutSecrets([pair.Keys()]));
        using SslStream client = await scene.ConnectAsync("a.example");
        Assert.EndsWith(
            TlsScene.Body, await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
        Assert.Empty(scene.Router.Findings);
    }

    [Fact]
    public async Task A_request_for_the_host_of_another_listener_is_answered_421()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example", "b.example"]);
        Listener[] listeners =
            [scene.Listener("a", "a.example", pair), scene.Listener("b", "b.example", pair)];
        scene.Apply(scene.Of(listeners, [pair]), pair);

        using SslStream client = await scene.ConnectAsync("a.example");
        Assert.StartsWith(
            "HTTP/1.1 200 ", await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
        string refused = await TlsScene.AskAsync(client, "b.example");
        Assert.StartsWith("HTTP/1.1 421 ", refused, StringComparison.Ordinal);
        Assert.Contains("X-Serval-Reason: misdirected\r\n", refused, StringComparison.Ordinal);
        Assert.StartsWith(
            "HTTP/1.1 404 ", await TlsScene.AskAsync(client, "none.example"), StringComparison.Ordinal);
        // The connection is as good as before.
        Assert.StartsWith(
            "HTTP/1.1 200 ", await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_connection_in_clear_text_is_not_served_once_its_port_speaks_TLS()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        Snapshot secret = scene.Https(pair);
        Snapshot clear = secret with
        {
            Version = "clear",
            Listeners = [secret.Listeners[0] with { Protocol = ListenerProtocol.Http, Tls = null }],
            Certificates = [],
        };
        scene.Apply(clear);
        using System.Net.Sockets.TcpClient kept = new("127.0.0.1", scene.Port);
        Assert.StartsWith("HTTP/1.1 200 ",
            await TlsScene.AskAsync(kept.GetStream(), "a.example"), StringComparison.Ordinal);

        scene.Apply(secret, pair);
        string refused = await TlsScene.AskAsync(kept.GetStream(), "a.example");
        Assert.StartsWith("HTTP/1.1 421 ", refused, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_newcomers_and_ends_no_connection()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair old = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Https(old), old);
        using SslStream kept = await scene.ConnectAsync("a.example");
        IssuedPair renewed = scene.Authority.Issue("web", ["a.example"], isRsa: true);
        scene.Apply(scene.Https(renewed), renewed);

        using SslStream newcomer = await scene.ConnectAsync("a.example");
        Assert.Equal(renewed.Fingerprint, Fingerprint(newcomer));
        Assert.Equal(old.Fingerprint, Fingerprint(kept));
        foreach (SslStream client in (SslStream[])[kept, newcomer])
            Assert.EndsWith(
                TlsScene.Body, await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
    }

    private static string Fingerprint(SslStream client) => Convert.ToHexStringLower(
        ((X509Certificate2)client.RemoteCertificate!).GetCertHash(
            System.Security.Cryptography.HashAlgorithmName.SHA256));
}
