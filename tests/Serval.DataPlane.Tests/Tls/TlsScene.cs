using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Model;
using Serval.DataPlane.Admin;
using Serval.DataPlane.Tests.Workers;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>A router with a listener that speaks TLS, an origin behind it, and clients.</summary>
internal sealed class TlsScene : IAsyncDisposable
{
    public const string Body = "hello";

    private TlsScene(TestAuthority authority, LoopbackOrigin origin, Router router, int port)
    {
        (Authority, Origin, Router, Port) = (authority, origin, router, port);
    }

    public TestAuthority Authority { get; }

    public LoopbackOrigin Origin { get; }

    public Router Router { get; }

    public int Port { get; }

    /// <summary>A router with one worker and nothing live.</summary>
    public static TlsScene Start(
        string? response = null, int workers = 1, RouterOptions? options = null, ILoggerFactory? log = null)
    {
        LoopbackOrigin origin = new(
            response ?? $"HTTP/1.1 200 OK\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        Router router = Router.Start(
            (options ?? new RouterOptions()) with { Workers = workers }, log ?? NullLoggerFactory.Instance);
        return new TlsScene(new TestAuthority(), origin, router, Ports.Free());
    }

    /// <summary>One HTTPS listener for every name, with these certificates, in front of the origin.</summary>
    public Snapshot Https(params IssuedPair[] pairs) => Of([Listener("web", null, pairs)], pairs);

    /// <summary>An HTTPS listener.</summary>
    public Listener Listener(string name, string? hostname, params IssuedPair[] pairs) => new()
    {
        Name = name,
        Port = Port,
        Protocol = ListenerProtocol.Https,
        Hostname = hostname,
        Tls = new ListenerTls { Certificates = [.. pairs.Select(pair => pair.Model.Name)] },
    };

    /// <summary>Listeners, all of which route everything to the origin.</summary>
    public Snapshot Of(IReadOnlyList<Listener> listeners, IReadOnlyList<IssuedPair> pairs) => new()
    {
        Version = Guid.NewGuid().ToString("N"),
        Listeners = [.. listeners],
        Certificates =
            [.. pairs.Select(pair => pair.Model).OrderBy(one => one.Name, StringComparer.Ordinal)],
        Routes =
        [
            new HttpRoute
            {
                Name = "all",
                Attachments = [.. listeners.Where(one => one.Protocol != ListenerProtocol.Tls)
                    .Select(one => new Attachment { Listener = one.Name })],
                Rules =
                [
                    new HttpRule { Backends = [new WeightedCluster { Cluster = "origin", Weight = 1 }] },
                ],
            },
        ],
        Clusters = [new Cluster { Name = "origin" }],
        EndpointSets =
        [
            new EndpointSet("origin", [new Endpoint("127.0.0.1", Origin.Port)]),
        ],
    };

    /// <summary>One HTTPS listener in front of one origin, for a worker without a router.</summary>
    public static Snapshot SnapshotOf(int port, int originPort, IssuedPair pair) => new()
    {
        Version = "1",
        Listeners =
        [
            new Listener
            {
                Name = "web",
                Port = port,
                Protocol = ListenerProtocol.Https,
                Tls = new ListenerTls { Certificates = [pair.Model.Name] },
            },
        ],
        Certificates = [pair.Model],
        Routes =
        [
            new HttpRoute
            {
                Name = "all",
                Attachments = [new Attachment { Listener = "web" }],
                Rules =
                [
                    new HttpRule { Backends = [new WeightedCluster { Cluster = "origin", Weight = 1 }] },
                ],
            },
        ],
        Clusters = [new Cluster { Name = "origin" }],
        EndpointSets = [new EndpointSet("origin", [new Endpoint("127.0.0.1", originPort)])],
    };

    /// <summary>Puts keys, then makes a snapshot live.</summary>
    public void Apply(Snapshot snapshot, params IssuedPair[] pairs)
    {
        Assert.Empty(Router.PutSecrets([.. pairs.Select(pair => pair.Keys())]));
        ApplyResult result = Router.Apply(snapshot);
        Assert.True(result.IsAccepted, string.Join('\n', result.Findings));
    }

    /// <summary>A client whose handshake is complete.</summary>
    public async Task<SslStream> ConnectAsync(
        string name, SslProtocols protocols = SslProtocols.None, X509Certificate2? certificate = null,
        CipherSuitesPolicy? ciphers = null, bool anyName = false)
    {
        TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", Port);
        SslStream stream = new(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            // Sessions are kept by the process, over the routers of many tests.
            AllowTlsResume = false,
            EnabledSslProtocols = protocols,
            CertificateChainPolicy = Policy(),
            CipherSuitesPolicy = ciphers,
            RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None
                || (anyName && errors == SslPolicyErrors.RemoteCertificateNameMismatch),
            ClientCertificates = certificate is null ? null : [certificate],
        });
        return stream;
    }

    /// <summary>Asks once on a connection and returns the whole response.</summary>
    public static async Task<string> AskAsync(Stream stream, string host, string target = "/")
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        return await ReadAsync(stream);
    }

    /// <summary>Reads a response up to the end of its body.</summary>
    public static async Task<string> ReadAsync(Stream stream)
    {
        byte[] bytes = new byte[65_536];
        StringBuilder text = new();
        while (true)
        {
            int read = await stream.ReadAsync(bytes);
            text.Append(Encoding.Latin1.GetString(bytes, 0, read));
            string all = text.ToString();
            int end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0) return all;
            if (end < 0) continue;
            int at = all.IndexOf("ength: ", StringComparison.Ordinal);
            int length = at < 0 ? 0 : int.Parse(all[(at + 7)..all.IndexOf('\r', at)], null);
            if (all.Length - end - 4 >= length) return all;
        }
    }

    public string Metrics()
    {
        System.Buffers.ArrayBufferWriter<byte> bytes = new();
        Router.WriteMetrics(new MetricsWriter(bytes));
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Waits until a line is on the page of metrics.</summary>
    public async Task UntilMetricAsync(string line)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (!Metrics().Contains(line + "\n", StringComparison.Ordinal))
        {
            Assert.False(limit.IsCancellationRequested, $"{line} never came; there is\n{Metrics()}");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Router.DisposeAsync();
        Origin.Dispose();
        Authority.Dispose();
    }

    private X509ChainPolicy Policy()
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(Authority.Certificate);
        return policy;
    }
}
