using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Serval.Config.Model;
using Serval.DataPlane.Tests.Workers;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>What clients show, and what the origin is told of it.</summary>
public sealed class ClientCertificateTests
{
    [Fact]
    public async Task A_valid_certificate_is_told_to_the_origin_and_claims_of_clients_are_dropped()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        IssuedPair alice = scene.Authority.Issue(
            "alice", ["alice.example"], uris: ["spiffe://a/alice"], subject: "CN=alice");
        using LoopbackOrigin origin = new(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "x-client-subject: CN=alice\r\n"
            + "x-client-names: DNS:alice.example, URI:spiffe://a/alice\r\n"
            + $"x-client-fingerprint: {alice.Fingerprint}\r\n");
        scene.Apply(SnapshotOf(scene, web, ClientValidationMode.AllowValidOnly, origin.Port), web);

        using X509Certificate2 certificate = alice.ForSslStream();
        using SslStream client = await scene.ConnectAsync("a.example", certificate: certificate);
        await client.WriteAsync(
            "GET / HTTP/1.1\r\nHost: a.example\r\nX-Client-Subject: CN=root\r\nX_Client_Names: x\r\n"u8
                .ToArray());
        await client.WriteAsync("X-Client-Fingerprint: 00\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200 ", await TlsScene.ReadAsync(client), StringComparison.Ordinal);
        Assert.Equal(0, origin.Misfits);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("stranger")]
    public async Task A_client_without_a_valid_certificate_is_refused_where_one_is_required(string shown)
    {
        await using TlsScene scene = TlsScene.Start();
        using TestAuthority other = new("other");
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(SnapshotOf(scene, web, ClientValidationMode.AllowValidOnly, scene.Origin.Port), web);

        using X509Certificate2? certificate =
            shown == "none" ? null : other.Issue("mallory", [], subject: "CN=mallory").ForSslStream();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using SslStream client = await scene.ConnectAsync("a.example", certificate: certificate);
            string response = await TlsScene.AskAsync(client, "a.example");
            Assert.NotEqual("", response);
        });
        string alert = shown == "none" ? "certificate_required" : "unknown_ca";
        await scene.UntilMetricAsync(
            "serval_tls_handshake_failures_total{side=\"downstream\",reason=\"alert-sent\","
            + $"alert=\"{alert}\"}} 1");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("stranger")]
    public async Task Where_any_client_may_come_nothing_is_told_of_one_without_a_valid_certificate(
        string shown)
    {
        await using TlsScene scene = TlsScene.Start();
        using TestAuthority other = new("other");
        using LoopbackOrigin origin = new(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", mustLack: "x-client");
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(SnapshotOf(scene, web, ClientValidationMode.AllowInsecureFallback, origin.Port), web);

        using X509Certificate2? certificate =
            shown == "none" ? null : other.Issue("mallory", [], subject: "CN=mallory").ForSslStream();
        using SslStream client = await scene.ConnectAsync("a.example", certificate: certificate);
        await client.WriteAsync(
            "GET / HTTP/1.1\r\nHost: a.example\r\nX-Client-Subject: CN=root\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200 ", await TlsScene.ReadAsync(client), StringComparison.Ordinal);
        Assert.Equal(0, origin.Misfits);
    }

    [Fact]
    public async Task Claims_behind_a_body_are_dropped_too()
    {
        await using TlsScene scene = TlsScene.Start();
        using LoopbackOrigin origin = new(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", mustLack: "CN=root");
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(SnapshotOf(scene, web, ClientValidationMode.AllowInsecureFallback, origin.Port), web);

        using SslStream client = await scene.ConnectAsync("a.example");
        await client.WriteAsync(
            "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"u8
                .ToArray());
        await client.WriteAsync("X-Client-Subject: CN=root\r\n\r\n"u8.ToArray());
        // The origin takes a body for ended only if nothing is behind it.
        Assert.StartsWith("HTTP/1.1 200 ", await TlsScene.ReadAsync(client), StringComparison.Ordinal);
        Assert.Equal(0, origin.Misfits);
    }

    // Nor is the context from before, which asks for one and requires none.
    [ToolFact("openssl")]
    public async Task Once_a_certificate_is_required_a_session_from_before_is_no_way_round_it()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        string session = Path.GetTempFileName();
        try
        {
            scene.Apply(
                SnapshotOf(scene, web, ClientValidationMode.AllowInsecureFallback, scene.Origin.Port), web);
            ToolRun before = await AskAsync("-sess_out", session);
            Assert.Contains("HTTP/1.1 200 ", before.Output, StringComparison.Ordinal);

            scene.Apply(SnapshotOf(scene, web, ClientValidationMode.AllowValidOnly, scene.Origin.Port), web);
            foreach (string[] options in (string[][])[[], ["-sess_in", session]])
            {
                ToolRun after = await AskAsync(options);
                Assert.DoesNotContain("Reused", after.Output, StringComparison.Ordinal);
                Assert.DoesNotContain("HTTP/1.1 ", after.Output, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(session);
        }

        Task<ToolRun> AskAsync(params string[] options) => ToolRun.RunAsync(
            "openssl", "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n",
            [
                "s_client", "-ign_eof", "-tls1_2", "-servername", "a.example", "-connect",
                string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{scene.Port}"), .. options,
            ]);
    }

    private static Snapshot SnapshotOf(
        TlsScene scene, IssuedPair web, ClientValidationMode mode, int port)
    {
        Listener listener = scene.Listener("web", null, web);
        return scene.Of(
            [
                listener with
                {
                    Tls = listener.Tls! with
                    {
                        ClientValidation = new ClientValidation
                        {
                            Authorities = ["test"],
                            Mode = mode,
                            SubjectHeader = "X-Client-Subject",
                            NamesHeader = "X-Client-Names",
                            FingerprintHeader = "X-Client-Fingerprint",
                        },
                    },
                },
            ], [web]) with
        {
            Authorities = [scene.Authority.Model],
            EndpointSets = [new EndpointSet("origin", [new Endpoint("127.0.0.1", port)])],
        };
    }
}
