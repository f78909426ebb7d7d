using System.Net.Security;
using Serval.Config.Model;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>TLS from a running router to an endpoint.</summary>
public sealed class UpstreamTlsTests
{
    private const string Name = "origin.example";

    [Fact]
    public async Task A_trusted_endpoint_is_asked_over_TLS_and_its_connection_is_used_again()
    {
        await using TlsScene scene = TlsScene.Start();
        using TlsOrigin origin = new(scene.Authority.Issue("origin", [Name]));
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        ClusterTls tls = new() { Hostname = Name, Authorities = ["test"] };
        scene.Apply(SnapshotOf(scene, origin, web, tls), web);

        using SslStream client = await scene.ConnectAsync("a.example");
        for (int i = 0; i < 3; i++)
            Assert.EndsWith("secret", await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
        Assert.Equal(3, origin.Requests);
        Assert.Equal(1, origin.Handshakes);
        Assert.Equal(Name, origin.LastClient.Name);
    }

    [Theory]
    [InlineData("wrong-authority", "upstream-untrusted")]
    [InlineData("wrong-name", "upstream-untrusted")]
    [InlineData("wrong-subject-name", "upstream-untrusted")]
    [InlineData("expired", "upstream-untrusted")]
    [InlineData("clear-text", "upstream-tls-failed")]
    [InlineData("no-key", "upstream-tls-failed")]
    public async Task An_endpoint_that_cannot_be_trusted_gets_nothing_and_the_client_gets_502(
        string fault, string reason)
    {
        await using TlsScene scene = TlsScene.Start();
        using TestAuthority other = new("other");
        using TlsOrigin origin = new(scene.Authority.Issue(
            "origin", [fault == "wrong-name" ? "else.example" : Name], isExpired: fault == "expired"));
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        IssuedPair own = scene.Authority.Issue("own", [], subject: "CN=router");
        ClusterTls tls = new()
        {
            Hostname = Name,
            Authorities = [fault == "wrong-authority" ? "other" : "test"],
            SubjectNames = fault == "wrong-subject-name"
                ? [new SubjectName(SubjectNameKind.Uri, "spiffe://a/b")] : [],
            ClientCertificate = fault == "no-key" ? "own" : null,
        };
        Snapshot snapshot = SnapshotOf(scene, origin, web, tls, own) with
        {
            Authorities = [other.Model, scene.Authority.Model],
        };
        using EagerOrigin eager = new("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake");
        if (fault == "clear-text")
            snapshot = snapshot with
            {
                EndpointSets = [new EndpointSet("origin", [new Endpoint("127.0.0.1", eager.Port)])],
            };
        scene.Apply(snapshot, web);

        using SslStream client = await scene.ConnectAsync("a.example");
        string response = await TlsScene.AskAsync(client, "a.example");
        Assert.StartsWith("HTTP/1.1 502 ", response, StringComparison.Ordinal);
        Assert.Contains($"X-Serval-Reason: {reason}\r\n", response, StringComparison.Ordinal);
        await scene.UntilMetricAsync($"serval_exchanges_total{{outcome=\"{reason}\"}} 1");
        await scene.UntilMetricAsync(
            "serval_cluster_connect_failures_total{cluster=\"origin\",kind=\"tls\"} 1");
        Assert.Equal(0, origin.Requests);
    }

    [Theory]
    [InlineData(SubjectNameKind.Dns, "other.example")]
    [InlineData(SubjectNameKind.Uri, "spiffe://a/b")]
    public async Task One_of_the_subject_names_counts_instead_of_the_hostname(
        SubjectNameKind kind, string name)
    {
        await using TlsScene scene = TlsScene.Start();
        using TlsOrigin origin = new(
            scene.Authority.Issue("origin", ["other.example"], uris: ["spiffe://a/b"]));
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(SnapshotOf(scene, origin, web, new ClusterTls
        {
            Hostname = Name,
            Authorities = ["test"],
            SubjectNames =
            [
                new SubjectName(kind, name), new SubjectName(SubjectNameKind.Uri, "https://none.example/"),
            ],
        }), web);

        using SslStream client = await scene.ConnectAsync("a.example");
        Assert.EndsWith("secret", await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_is_shown_the_certificate_of_the_router_once_its_key_is_here()
    {
        await using TlsScene scene = TlsScene.Start();
        using TlsOrigin origin = new(scene.Authority.Issue("origin", [Name]), asksClients: true);
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        IssuedPair own = scene.Authority.Issue("own", [], subject: "CN=router");
        ClusterTls tls = new() { Hostname = Name, Authorities = ["test"], ClientCertificate = "own" };
        scene.Apply(SnapshotOf(scene, origin, web, tls, own), web);
        using SslStream client = await scene.ConnectAsync("a.example");
        Assert.StartsWith(
            "HTTP/1.1 502 ", await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);

        Assert.Empty(scene.Router.PutSecrets([own.Keys()]));
        Assert.EndsWith("secret", await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
        Assert.Equal("CN=router", origin.LastClient.Subject);
    }

    [Fact]
    public async Task A_connection_that_is_kept_is_never_used_under_another_policy()
    {
        await using TlsScene scene = TlsScene.Start();
        using TlsOrigin origin = new(scene.Authority.Issue("origin", [Name]));
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        ClusterTls good = new() { Hostname = Name, Authorities = ["test"] };
        scene.Apply(SnapshotOf(scene, origin, web, good), web);
        using SslStream client = await scene.ConnectAsync("a.example");
        Assert.EndsWith("secret", await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);

        scene.Apply(SnapshotOf(scene, origin, web, good with { Hostname = "else.example" }), web);
        Assert.StartsWith(
            "HTTP/1.1 502 ", await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
        Assert.Equal(1, origin.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_until_the_close_is_whole_only_behind_a_word_of_TLS(bool isCut)
    {
        await using TlsScene scene = TlsScene.Start();
        using TlsOrigin origin = new(
            scene.Authority.Issue("origin", [Name]), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\npart",
            cuts: isCut, ends: !isCut);
        IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
        ClusterTls tls = new() { Hostname = Name, Authorities = ["test"] };
        scene.Apply(SnapshotOf(scene, origin, web, tls), web);

        using SslStream client = await scene.ConnectAsync("a.example");
        string response = await ReadAllAsync(client);
        Assert.Equal(!isCut, response.EndsWith("0\r\n\r\n", StringComparison.Ordinal));
    }

    private static async Task<string> ReadAllAsync(SslStream client)
    {
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"u8.ToArray());
        System.Text.StringBuilder text = new();
        byte[] bytes = new byte[4_096];
        try
        {
            while (await client.ReadAsync(bytes) is var read and > 0)
            {
                text.Append(System.Text.Encoding.Latin1.GetString(bytes, 0, read));
                if (text.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal)) break;
            }
        }
        catch (IOException)
        {
            // Cut off.
        }

        return text.ToString();
    }

    private static Snapshot SnapshotOf(
        TlsScene scene, TlsOrigin origin, IssuedPair web, ClusterTls tls, params IssuedPair[] others) =>
        scene.Of([scene.Listener("web", null, web)], [web, .. others]) with
        {
            Authorities = [scene.Authority.Model],
            Clusters = [new Cluster { Name = "origin", Tls = tls }],
            EndpointSets = [new EndpointSet("origin", [new Endpoint("127.0.0.1", origin.Port)])],
        };
}
