using Serval.Config.Model;

namespace Serval.Config.Tests;

/// <summary>Small snapshots with TLS in them.</summary>
internal static class TlsSample
{
    public const string Pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    public static readonly string Digest = new('a', 64);

    public static Listener Https(string name, string? hostname = null, int port = 443) => new()
    {
        Name = name,
        Port = port,
        Protocol = ListenerProtocol.Https,
        Hostname = hostname,
        Tls = new ListenerTls { Certificates = ["ns/cert"] },
    };

    public static Listener Passthrough(string name, string? hostname = null, int port = 443) => new()
    {
        Name = name,
        Port = port,
        Protocol = ListenerProtocol.Tls,
        Hostname = hostname,
        Tls = new ListenerTls { Mode = TlsMode.Passthrough },
    };

    public static TlsRoute Route(string name, string listener, params string[] hostnames) => new()
    {
        Name = name,
        Attachments = [new Attachment { Listener = listener, Hostnames = [.. hostnames] }],
        Backends = [new WeightedCluster { Cluster = "c" }],
    };

    /// <summary>One of everything about TLS, at values that are not the initial ones.</summary>
    public static Snapshot Full() => new()
    {
        Version = "v-1",
        Listeners =
        [
            Https("https", "*.example") with
            {
                Detection = true,
                Tls = new ListenerTls
                {
                    Certificates = ["ns/cert", "ns/other"],
                    MinVersion = TlsVersion.Tls13,
                    ClientValidation = new ClientValidation
                    {
                        Authorities = ["ns/ca"],
                        Mode = ClientValidationMode.AllowInsecureFallback,
                        SubjectHeader = "X-Client-Subject",
                        NamesHeader = "X-Client-Names",
                        FingerprintHeader = "X-Client-Fingerprint",
                    },
                },
            },
            Passthrough("pass", "db.example"),
        ],
        Clusters =
        [
            new Cluster
            {
                Name = "c",
                Tls = new ClusterTls
                {
                    Authorities = ["ns/ca"],
                    UsesSystemAuthorities = true,
                    Hostname = "up.example",
                    SubjectNames =
                    [
                        new SubjectName(SubjectNameKind.Dns, "*.up.example"),
                        new SubjectName(SubjectNameKind.Uri, "spiffe://up/example"),
                    ],
                    ClientCertificate = "ns/other",
                },
            },
        ],
        EndpointSets = [new EndpointSet("c", [new Endpoint("192.0.2.9", 1)])],
        TlsRoutes =
        [
            Route("ns/r", "pass", "db.example") with
            {
                CreatedAtMs = 1_700_000_000_000,
                Backends = [new WeightedCluster { Cluster = "c", Weight = 3 }, new WeightedCluster()],
            },
        ],
        Certificates =
        [
            new Certificate
            {
                Name = "ns/cert",
                Digest = Digest,
                Names = ["*.example", "192.0.2.1"],
                NotAfterMs = 1_900_000_000_000,
                HasOcsp = true,
                OcspNotAfterMs = 1_800_000_000_000,
            },
            new Certificate { Name = "ns/other", Digest = Digest },
        ],
        Authorities = [new Authority("ns/ca", Pem)],
    };
}
