using Serval.Config.Model;
using Serval.DataPlane.Admin;

namespace Serval.DataPlane.Tests.Admin;

public sealed class ExplainTlsTests
{
    [Theory]
    [InlineData("https://shop.example.com/", null, "the connection belongs to listener shop")]
    [InlineData("https://shop.example.com/", null, "certificate ns/cert")]
    [InlineData("https://shop.example.com/", null, "X-Forwarded-Proto: https")]
    [InlineData("https://shop.example.com/", null, "client      must present a certificate of ns/ca")]
    [InlineData("https://shop.example.com/", "other.example.com",
        "421: the connection belongs to listener other, the host to another one")]
    [InlineData("https://shop.example.com/", "", "none was sent: the connection belongs to listener any")]
    [InlineData("https://db.example.com/", null, "passed through unread, by TLSRoute ns/db to c")]
    [InlineData("https://lost.example.com/", null, "404: no rule matches")]
    [InlineData("https://a.example.com:444/", null, "so the handshake fails (unrecognized_name)")]
    [InlineData("http://shop.example.com:443/", null, "this port speaks TLS; write the URL with https")]
    [InlineData("https://shop.example.com:80/", null, "this port speaks HTTP in clear text")]
    public void A_request_over_TLS_is_explained_from_its_server_name_on(
        string url, string? serverName, string said)
    {
        Assert.True(ExplainRequest.TryParse(
            "GET", url, serverName, [], out ExplainRequest? request, out string fault), fault);
        Assert.Contains(
            said, ExplainScreen.Write(Snapshot(), request, new RouterOptions()).ToText(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_name_without_TLS_is_refused_and_an_address_is_none()
    {
        Assert.False(ExplainRequest.TryParse("GET", "http://a.example/", "b", [], out _, out string fault));
        Assert.Contains("https", fault, StringComparison.Ordinal);
        Assert.True(ExplainRequest.TryParse(
            "GET", "https://192.0.2.1/", null, [], out ExplainRequest? request, out _));
        Assert.Equal(("", 443), (request.ServerName, request.Port));
        Assert.Equal("https://192.0.2.1/", request.Url);
    }

    private static Snapshot Snapshot() => new()
    {
        Version = "v1",
        Listeners =
        [
            new Listener { Name = "clear", Port = 80, Protocol = ListenerProtocol.Http },
            Secure("shop", "shop.example.com") with
            {
                Tls = new ListenerTls
                {
                    Certificates = ["ns/cert"],
                    ClientValidation = new ClientValidation { Authorities = ["ns/ca"] },
                },
            },
            Secure("other", "other.example.com"),
            Secure("any", null),
            new Listener
            {
                Name = "db",
                Port = 443,
                Protocol = ListenerProtocol.Tls,
                Hostname = "db.example.com",
                Tls = new ListenerTls { Mode = TlsMode.Passthrough },
            },
            Secure("strict", "b.example.com") with { Port = 444 },
        ],
        Routes =
        [
            new HttpRoute
            {
                Name = "ns/shop",
                Attachments = [new Attachment { Listener = "shop" }],
                Rules = [new HttpRule { Backends = [new WeightedCluster { Cluster = "c" }] }],
            },
        ],
        TlsRoutes =
        [
            new TlsRoute
            {
                Name = "ns/db",
                Attachments = [new Attachment { Listener = "db" }],
                Backends = [new WeightedCluster { Cluster = "c" }],
            },
        ],
        Clusters = [new Cluster { Name = "c" }],
        Certificates = [new Certificate { Name = "ns/cert", Digest = new string('a', 64) }],
        Authorities =
        [
            new Authority("ns/ca", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        ],
    };

    private static Listener Secure(string name, string? hostname) => new()
    {
        Name = name,
        Port = 443,
        Protocol = ListenerProtocol.Https,
        Hostname = hostname,
        Tls = new ListenerTls { Certificates = ["ns/cert"] },
    };
}
