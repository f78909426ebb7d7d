using Microsoft.Extensions.Logging.Abstractions;
using Serval.CommandLine.Roles;
using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.Integration.Tests.Roles;

public sealed class CertificateStatesTests
{
    [Fact]
    public async Task A_certificate_names_every_listener_and_cluster_that_uses_it()
    {
        await using Router router = Router.Start(
            new RouterOptions { Workers = 1 }, NullLoggerFactory.Instance);
        Snapshot snapshot = new()
        {
            Version = "v1",
            Listeners =
            [
                new Listener
                {
                    Name = "web",
                    Port = 443,
                    Protocol = ListenerProtocol.Https,
                    Tls = new ListenerTls { Certificates = ["ns/shared"] },
                },
            ],
            Clusters =
            [
                new Cluster
                {
                    Name = "far",
                    Tls = new ClusterTls { Hostname = "far.example", ClientCertificate = "ns/shared" },
                },
            ],
            Certificates = [CertificateOf("ns/shared"), CertificateOf("ns/spare")],
        };
        Assert.Equal(
            [("ns/shared", "far, web", "Waiting"), ("ns/spare", "", "Waiting")],
            CertificateStates.Of(snapshot, router, (_, _) => "nowhere").Select(Described));
    }

    private static (string, string, string) Described(CertificateState state) => (
        state.Name, string.Join(", ", state.UsedBy), state.IsHeld ? $"held from {state.Source}" : "Waiting");

    private static Certificate CertificateOf(string name) => new()
    {
        Name = name,
        Digest = new string('d', 64),
        Names = [],
    };
}
