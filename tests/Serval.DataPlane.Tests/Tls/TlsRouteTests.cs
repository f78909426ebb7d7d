using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Serval.Config.Model;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>Connections without HTTP: passed through, or TLS is ended and the bytes go on.</summary>
public sealed class TlsRouteTests
{
    [Fact]
    public async Task A_name_is_passed_through_to_the_endpoint_that_has_the_certificate()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair own = scene.Authority.Issue("own", ["pass.example"]);
        using TlsOrigin origin = new(own);
        scene.Apply(SnapshotOf(scene, Tls(scene, "pass", "pass.example", TlsMode.Passthrough), origin.Port));

        using SslStream client = await scene.ConnectAsync("pass.example");
        Assert.Equal("CN=own", client.RemoteCertificate!.Subject);
        for (int i = 0; i < 2; i++)
            Assert.EndsWith(
                "secret", await TlsScene.AskAsync(client, "pass.example"), StringComparison.Ordinal);
        Assert.Equal("pass.example", origin.LastClient.Name);
    }

    [Fact]
    public async Task TLS_is_ended_here_and_the_bytes_go_on_in_clear_text()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair own = scene.Authority.Issue("own", ["end.example"]);
        Listener listener = Tls(scene, "end", "end.example", TlsMode.Terminate, own);
        scene.Apply(SnapshotOf(scene, listener, scene.Origin.Port, own), own);

        using SslStream client = await scene.ConnectAsync("end.example");
        for (int i = 0; i < 2; i++)
            Assert.EndsWith(
                TlsScene.Body, await TlsScene.AskAsync(client, "end.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_half_ends_by_itself_on_both_sides()
    {
        await using TlsScene scene = TlsScene.Start();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        IssuedPair own = scene.Authority.Issue("own", ["end.example"]);
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        scene.Apply(SnapshotOf(scene, Tls(scene, "end", null, TlsMode.Terminate, own), port, own), own);

        using SslStream client = await scene.ConnectAsync("end.example");
        await client.WriteAsync("question"u8.ToArray());
        await client.ShutdownAsync();
        using TcpClient origin = await listener.AcceptTcpClientAsync();
        using (StreamReader reader = new(origin.GetStream(), leaveOpen: true))
            Assert.Equal("question", await reader.ReadToEndAsync());
        await origin.GetStream().WriteAsync("answer"u8.ToArray());
        origin.Close();
        using StreamReader rest = new(client);
        Assert.Equal("answer", await rest.ReadToEndAsync());
    }

    [Fact]
    public async Task One_port_ends_passes_through_and_serves_HTTPS_by_name()
    {
        await using TlsScene scene = TlsScene.Start();
        using TlsOrigin origin = new(scene.Authority.Issue("far", ["pass.example"]));
        IssuedPair web = scene.Authority.Issue("web", ["web.example"]);
        Snapshot https = scene.Of([scene.Listener("web", "web.example", web)], [web]);
        Snapshot tls =
            SnapshotOf(scene, Tls(scene, "pass", "pass.example", TlsMode.Passthrough), origin.Port);
        scene.Apply(
            https with
            {
                Listeners = [.. https.Listeners, .. tls.Listeners],
                TlsRoutes = tls.TlsRoutes,
                Clusters = [.. tls.Clusters, .. https.Clusters],
                EndpointSets = [.. tls.EndpointSets, .. https.EndpointSets],
            }, web);

        using SslStream passed = await scene.ConnectAsync("pass.example");
        using SslStream served = await scene.ConnectAsync("web.example");
        Assert.EndsWith("secret", await TlsScene.AskAsync(passed, "x.example"), StringComparison.Ordinal);
        Assert.EndsWith(
            TlsScene.Body, await TlsScene.AskAsync(served, "web.example"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 421 ",
            await TlsScene.AskAsync(served, "pass.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_a_route_is_refused_and_an_endpoint_that_is_gone_cuts_the_client_off()
    {
        await using TlsScene scene = TlsScene.Start();
        Snapshot snapshot = SnapshotOf(scene, Tls(scene, "pass", null, TlsMode.Passthrough), 1);
        scene.Apply(snapshot with
        {
            TlsRoutes =
            [
                snapshot.TlsRoutes[0] with
                {
                    Attachments = [new Attachment { Listener = "pass", Hostnames = ["pass.example"] }],
                },
            ],
        });
        await Assert.ThrowsAnyAsync<Exception>(() => scene.ConnectAsync("else.example"));
        Assert.Contains("alert=\"unrecognized_name\"} 1\n", scene.Metrics(), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => scene.ConnectAsync("pass.example"));
        await scene.UntilMetricAsync("serval_exchanges_total{outcome=\"connect-failed\"} 1");
    }

    private static Listener Tls(
        TlsScene scene, string name, string? hostname, TlsMode mode, params IssuedPair[] pairs) => new()
        {
            Name = name,
            Port = scene.Port,
            Protocol = ListenerProtocol.Tls,
            Hostname = hostname,
            Tls = new ListenerTls { Mode = mode, Certificates = [.. pairs.Select(pair => pair.Model.Name)] },
        };

    private static Snapshot SnapshotOf(
        TlsScene scene, Listener listener, int port, params IssuedPair[] pairs) => new()
        {
            Version = Guid.NewGuid().ToString("N"),
            Listeners = [listener],
            Certificates = [.. pairs.Select(pair => pair.Model)],
            TlsRoutes =
            [
                new TlsRoute
                {
                    Name = "route",
                    Attachments = [new Attachment { Listener = listener.Name }],
                    Backends = [new WeightedCluster { Cluster = "far", Weight = 1 }],
                },
            ],
            Clusters = [new Cluster { Name = "far" }],
            EndpointSets = [new EndpointSet("far", [new Endpoint("127.0.0.1", port)])],
        };
}
