using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serval.Common.Access;

namespace Serval.Control.Tests.Access;

/// <summary>Real handshakes: whom a client that was given authorities believes.</summary>
public sealed class ServerTrustTests
{
    private const string Name = "router.example";

    [Fact]
    public async Task A_server_is_believed_by_its_root_and_by_the_authority_that_signed_it()
    {
        using Chain chain = new();
        Assert.True(await IsBelievedAsync(chain, chain.Root, Name));
        Assert.True(await IsBelievedAsync(chain, chain.Middle, Name));
    }

    [Fact]
    public async Task A_server_of_another_name_is_not_believed_although_the_authority_is_right()
    {
        using Chain chain = new();
        Assert.False(await IsBelievedAsync(chain, chain.Root, "other.example"));
        Assert.False(await IsBelievedAsync(chain, chain.Middle, "other.example"));
    }

    [Fact]
    public async Task A_server_that_a_namesake_of_the_authority_signed_is_not_believed()
    {
        using Chain chain = new();
        using Chain other = new();
        Assert.False(await IsBelievedAsync(chain, other.Root, Name));
        Assert.False(await IsBelievedAsync(chain, other.Middle, Name));
    }

    // A namesake is found out by its signature, any other by where the chain ends.
    [Fact]
    public async Task A_server_that_nobody_we_know_signed_is_not_believed()
    {
        using Chain chain = new();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=stranger", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 stranger = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        Assert.False(await IsBelievedAsync(chain, stranger, Name));
    }

    [Fact]
    public async Task Another_name_than_the_address_may_be_asked_for()
    {
        using Chain chain = new();
        Assert.True(await IsBelievedAsync(chain, chain.Root, "192.0.2.1", expected: Name));
        Assert.False(await IsBelievedAsync(chain, chain.Root, Name, expected: "other.example"));
    }

    private static async Task<bool> IsBelievedAsync(
        Chain chain, X509Certificate2 authority, string name, string? expected = null)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient client = new();
        Task connecting = client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient server = await listener.AcceptTcpClientAsync();
        await connecting;
        using SslStream serving = new(server.GetStream());
        using SslStream asking = new(client.GetStream(), false, (_, certificate, presented, errors) =>
            ServerTrust.Accepts([authority], expected, certificate, presented, errors));
        Task answering = serving.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(
                chain.Server, [chain.Middle], offline: true),
        });
        try
        {
            await asking.AuthenticateAsClientAsync(name);
            await answering;
            return true;
        }
        catch (AuthenticationException)
        {
            client.Close();
            await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }

    /// <summary>A root, an authority that it signed, and a server that that one signed.</summary>
    private sealed class Chain : IDisposable
    {
        private readonly ECDsa[] _keys = [.. Enumerable.Range(0, 3).Select(_ => ECDsa.Create(
            ECCurve.NamedCurves.nistP256))];

        public Chain()
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            Root = Request("CN=root", 0, isAuthority: true).CreateSelfSigned(now.AddDays(-1), now.AddDays(9));
            Middle = Request("CN=middle", 1, isAuthority: true).Create(
                Root, now.AddDays(-1), now.AddDays(8), [1]).CopyWithPrivateKey(_keys[1]);
            Server = Request($"CN={Name}", 2, isAuthority: false).Create(
                Middle, now.AddDays(-1), now.AddDays(7), [2]).CopyWithPrivateKey(_keys[2]);
        }

        public X509Certificate2 Root { get; }

        public X509Certificate2 Middle { get; }

        public X509Certificate2 Server { get; }

        public void Dispose()
        {
            foreach (X509Certificate2 certificate in (X509Certificate2[])[Root, Middle, Server])
                certificate.Dispose();
            foreach (ECDsa key in _keys)
                key.Dispose();
        }

        private CertificateRequest Request(string subject, int key, bool isAuthority)
        {
            CertificateRequest request = new(subject, _keys[key], HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(
                new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
            SubjectAlternativeNameBuilder names = new();
            names.AddDnsName(Name);
            if (!isAuthority)
                request.CertificateExtensions.Add(names.Build());
            return request;
        }
    }
}
