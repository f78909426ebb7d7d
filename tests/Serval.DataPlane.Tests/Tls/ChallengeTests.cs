using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Serval.Config.Model;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>Answers to challenges of authorities (RFC 8737), and who never gets one.</summary>
public sealed class ChallengeTests
{
    private const string Name = "a.example";
    private const string Protocol = "acme-tls/1";

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task An_authority_is_shown_the_challenge_and_the_connection_ends(SslProtocols version)
    {
        // It does not end because no request comes.
        Timeouts patient = new() { RequestHeadMs = 3_600_000, DownstreamIdleMs = 3_600_000 };
        await using TlsScene scene = TlsScene.Start(options: new RouterOptions { Timeouts = patient });
        ApplyBoth(scene);

        using SslStream authority = await ConnectAsync(scene, Name, [Protocol], version);
        Assert.Equal("CN=challenge", authority.RemoteCertificate!.Subject);
        Assert.Equal(Protocol, authority.NegotiatedApplicationProtocol.ToString());
        // With close_notify: SslStream throws without one.
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        Assert.Equal(0, await authority.ReadAsync(new byte[1], limit.Token));
        await scene.UntilMetricAsync("serval_connections_closed_total 1");
    }

    [Theory]
    [InlineData("b.example", Protocol)]
    [InlineData(Name, Protocol, "h2")]
    [InlineData(Name, "h2", Protocol)]
    public async Task Another_name_or_another_list_of_protocols_is_refused(
        string name, params string[] protocols)
    {
        await using TlsScene scene = TlsScene.Start();
        ApplyBoth(scene);

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(scene, name, protocols));
        Assert.Contains("alert=\"no_application_protocol\"} 1\n", scene.Metrics(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("http/1.1")]
    [InlineData(Protocol, "http/1.1")]
    public async Task A_client_that_speaks_HTTP_is_served_as_before(params string[] protocols)
    {
        await using TlsScene scene = TlsScene.Start();
        ApplyBoth(scene);

        using SslStream client = await ConnectAsync(scene, Name, protocols);
        Assert.Equal("CN=web", client.RemoteCertificate!.Subject);
        Assert.EndsWith(TlsScene.Body, await TlsScene.AskAsync(client, Name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_challenge_is_not_the_second_key_of_a_certificate_for_the_same_name()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair web = scene.Authority.Issue("web", [Name], isRsa: true);
        IssuedPair challenge = Challenge(scene);
        scene.Apply(scene.Https(web, challenge), web, challenge);

        using SslStream client = await ConnectAsync(scene, Name, ["http/1.1"]);
        Assert.Equal("CN=web", client.RemoteCertificate!.Subject);
        using SslStream authority = await ConnectAsync(scene, Name, [Protocol]);
        Assert.Equal("CN=challenge", authority.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task A_listener_with_a_challenge_alone_refuses_everybody_else()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair challenge = Challenge(scene);
        scene.Apply(scene.Of([scene.Listener("web", Name, challenge)], [challenge]), challenge);

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(scene, Name, []));
        Assert.Contains("alert=\"unrecognized_name\"} 1\n", scene.Metrics(), StringComparison.Ordinal);
        using SslStream authority = await ConnectAsync(scene, Name, [Protocol]);
        Assert.Equal("CN=challenge", authority.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task An_authority_needs_no_certificate_where_clients_do()
    {
        await using TlsScene scene = TlsScene.Start();
        ApplyBothAndAskClients(scene);

        using SslStream authority = await ConnectAsync(scene, Name, [Protocol]);
        Assert.Equal("CN=challenge", authority.RemoteCertificate!.Subject);
        await Assert.ThrowsAnyAsync<Exception>(
            () => ConnectAsync(scene, Name, [], SslProtocols.Tls12));
    }

    [ToolFact("openssl")]
    public async Task A_session_of_a_challenge_is_no_way_round_the_certificates_of_clients()
    {
        await using TlsScene scene = TlsScene.Start();
        ApplyBothAndAskClients(scene);
        string session = Path.GetTempFileName();
        try
        {
            ToolRun challenge = await AskAsync("-alpn", Protocol, "-sess_out", session);
            Assert.Contains("New, TLSv1.2", challenge.Output, StringComparison.Ordinal);
            ToolRun client = await AskAsync("-sess_in", session);
            Assert.DoesNotContain("Reused", client.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(TlsScene.Body, client.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(session);
        }

        Task<ToolRun> AskAsync(params string[] options) => ToolRun.RunAsync(
            "openssl", $"GET / HTTP/1.1\r\nHost: {Name}\r\nConnection: close\r\n\r\n",
            [
                "s_client", "-ign_eof", "-tls1_2", "-servername", Name, "-connect",
                string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{scene.Port}"), .. options,
            ]);
    }

    [Fact]
    public async Task A_challenge_ends_with_the_configuration_that_names_it()
    {
        await using TlsScene scene = TlsScene.Start();
        (IssuedPair web, IssuedPair challenge) = ApplyBoth(scene);
        Assert.True(scene.Router.HoldsCertificate(challenge.Model.Name, challenge.Model.Digest));
        scene.Apply(scene.Https(web));

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(scene, Name, [Protocol]));
        Assert.Contains("alert=\"no_application_protocol\"} 1\n", scene.Metrics(), StringComparison.Ordinal);
    }

    private static (IssuedPair Web, IssuedPair Challenge) ApplyBoth(TlsScene scene)
    {
        (IssuedPair web, IssuedPair challenge) = Pairs(scene);
        scene.Apply(scene.Https(web, challenge), web, challenge);
        return (web, challenge);
    }

    private static void ApplyBothAndAskClients(TlsScene scene)
    {
        (IssuedPair web, IssuedPair challenge) = Pairs(scene);
        Listener listener = scene.Listener("web", Name, web, challenge);
        listener = listener with
        {
            Tls = listener.Tls! with
            {
                ClientValidation = new ClientValidation { Authorities = [scene.Authority.Name] },
            },
        };
        Snapshot snapshot = scene.Of([listener], [web, challenge]);
        scene.Apply(snapshot with { Authorities = [scene.Authority.Model] }, web, challenge);
    }

    // The ordinary certificate has an RSA key, which a client could be shown beside the challenge's.
    private static (IssuedPair Web, IssuedPair Challenge) Pairs(TlsScene scene) =>
        (scene.Authority.Issue("web", [Name, "b.example"], isRsa: true), Challenge(scene));

    private static IssuedPair Challenge(TlsScene scene) =>
        scene.Authority.Issue("challenge", [Name], isChallenge: true);

    private static async Task<SslStream> ConnectAsync(
        TlsScene scene, string name, string[] protocols, SslProtocols version = SslProtocols.None)
    {
        TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", scene.Port);
        SslStream stream = new(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            AllowTlsResume = false,
            EnabledSslProtocols = version,
            ApplicationProtocols = protocols.Length == 0
                ? null
                : [.. protocols.Select(protocol => new SslApplicationProtocol(protocol))],
            // No client knows the critical extension of a challenge.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        return stream;
    }
}
