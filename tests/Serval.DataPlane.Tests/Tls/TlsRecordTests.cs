using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Serval.Config.Model;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>What the access log says of TLS with clients.</summary>
public sealed class TlsRecordTests : IDisposable
{
    private const AccessFields All = AccessFields.Default | AccessFields.ClientSubject;
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(SslProtocols.Tls12, "1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")]
    [InlineData(SslProtocols.Tls13, "1.3", "TLS_AES_128_GCM_SHA256")]
    public async Task A_record_says_how_TLS_is_spoken_and_who_the_client_is(
        SslProtocols protocol, string version, string cipher)
    {
        IssuedPair alice;
        await using (TlsScene scene = Start(All))
        {
            IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
            alice = scene.Authority.Issue("alice", [], subject: "CN=alice");
            Listener listener = scene.Listener("web", null, web);
            ClientValidation validation = new() { Authorities = ["test"] };
            listener = listener with { Tls = listener.Tls! with { ClientValidation = validation } };
            scene.Apply(
                scene.Of([listener], [web]) with { Authorities = [scene.Authority.Model] }, web);
            using X509Certificate2 certificate = alice.ForSslStream();
            CipherSuitesPolicy ciphers = new([Enum.Parse<TlsCipherSuite>(cipher)]);
            using SslStream client = await scene.ConnectAsync("a.example", protocol, certificate, ciphers);
            await TlsScene.AskAsync(client, "a.example");
        }

        JsonElement record = Record();
        Assert.Equal(version, record.GetProperty("tls_version").GetString());
        Assert.Equal(cipher, record.GetProperty("tls_cipher").GetString());
        Assert.Equal("a.example", record.GetProperty("sni").GetString());
        Assert.False(record.GetProperty("tls_resumed").GetBoolean());
        Assert.Equal("CN=alice", record.GetProperty("client_subject").GetString());
        Assert.Equal(alice.Fingerprint, record.GetProperty("client_fingerprint").GetString());
    }

    [ToolFact("openssl")]
    public async Task A_record_says_that_a_session_was_resumed()
    {
        string session = _path + ".session";
        await using (TlsScene scene = Start(AccessFields.TlsResumed | AccessFields.ServerName))
        {
            IssuedPair web = scene.Authority.Issue("web", ["a.example"]);
            scene.Apply(scene.Https(web), web);
            foreach (string option in (string[])["-sess_out", "-sess_in"])
                await ToolRun.RunAsync(
                    "openssl", "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n",
                    "s_client", "-ign_eof", "-tls1_2", "-servername", "a.example", "-connect",
                    string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{scene.Port}"), option, session);
        }

        File.Delete(session);
        Assert.Equal(
            ["{\"sni\":\"a.example\",\"tls_resumed\":false}", "{\"sni\":\"a.example\",\"tls_resumed\":true}"],
            File.ReadAllLines(_path));
    }

    [Fact]
    public async Task A_record_of_clear_text_says_nothing_of_TLS()
    {
        await using (TlsScene scene = Start(All))
        {
            Snapshot snapshot = scene.Https();
            scene.Apply(snapshot with
            {
                Listeners = [snapshot.Listeners[0] with { Protocol = ListenerProtocol.Http, Tls = null }],
            });
            using TcpClient client = new("127.0.0.1", scene.Port);
            await TlsScene.AskAsync(client.GetStream(), "a.example");
        }

        string[] names = [.. Record().EnumerateObject().Select(member => member.Name)];
        Assert.DoesNotContain("sni", names);
        Assert.DoesNotContain(names, name => name.StartsWith("tls_", StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => name.StartsWith("client_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_of_a_connection_that_is_passed_through_says_its_server_name()
    {
        await using (TlsScene scene = Start(All))
        {
            using TlsOrigin origin = new(scene.Authority.Issue("own", ["pass.example"]));
            scene.Apply(new Snapshot
            {
                Version = "1",
                Listeners =
                [
                    new Listener
                    {
                        Name = "pass",
                        Port = scene.Port,
                        Protocol = ListenerProtocol.Tls,
                        Tls = new ListenerTls { Mode = TlsMode.Passthrough },
                    },
                ],
                TlsRoutes =
                [
                    new TlsRoute
                    {
                        Name = "route",
                        Attachments = [new Attachment { Listener = "pass" }],
                        Backends = [new WeightedCluster { Cluster = "far", Weight = 1 }],
                    },
                ],
                Clusters = [new Cluster { Name = "far" }],
                EndpointSets = [new EndpointSet("far", [new Endpoint("127.0.0.1", origin.Port)])],
            });
            using SslStream client = await scene.ConnectAsync("pass.example");
            await TlsScene.AskAsync(client, "pass.example");
        }

        JsonElement record = Record();
        Assert.Equal("pass.example", record.GetProperty("sni").GetString());
        Assert.False(record.TryGetProperty("tls_version", out _));
    }

    // A subject names people: it is written only where it is asked for.
    [Fact]
    public void The_subject_is_no_field_by_default() =>
        Assert.Equal(AccessFields.None, AccessFields.Default & AccessFields.ClientSubject);

    private TlsScene Start(AccessFields fields) => TlsScene.Start(
        options: new RouterOptions { AccessLog = new AccessLogOptions(_path) { Fields = fields } });

    private JsonElement Record() =>
        JsonDocument.Parse(Assert.Single(File.ReadAllLines(_path))).RootElement;
}
