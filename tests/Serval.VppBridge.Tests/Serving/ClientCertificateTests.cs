using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Serval.Common;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Interop;

namespace Serval.VppBridge.Tests.Serving;

public sealed class ClientCertificateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certificates");
    private readonly Authority _servers;
    private readonly Authority _clients;

    public ClientCertificateTests()
    {
        _servers = new Authority(_folder.FullName, "servers");
        _clients = new Authority(_folder.FullName, "clients");
    }

    [Fact]
    public async Task A_client_on_the_list_passes_by_common_name_DNS_name_or_URI()
    {
        await using BridgeScene scene = await StartAsync();
        await AskAsync(scene, _clients.IssueClient("CN=pop-agent"));
        await AskAsync(scene, _clients.IssueClient("CN=x", names => names.AddDnsName("pop-agent")));
        await AskAsync(scene, _clients.IssueClient(
            "CN=y", names => names.AddUri(new Uri("spiffe://site/pop"))));
        using Authority below = new(_folder.FullName, "below", _clients);
        await AskAsync(scene, below.IssueClient("CN=pop-agent"));
    }

    [Fact]
    public async Task Every_other_name_of_the_same_authority_is_denied()
    {
        await using BridgeScene scene = await StartAsync();
        foreach (IssuedFiles client in (IssuedFiles[])
        [
            _clients.IssueClient("CN=somebody"), _clients.IssueClient("CN=POP-AGENT"),
            _clients.IssueClient("CN=pop-agent.example.com"), _clients.IssueClient("OU=pop-agent"),
            _clients.IssueClient("O=site", names => names.AddEmailAddress("pop-agent")),
            _clients.IssueClient("CN=z", names => names.AddDnsName("*.pop-agent")),
        ])
        {
            await Gateway.FailsAsync(StatusCode.PermissionDenied, () => AskAsync(scene, client));
        }
    }

    [Fact]
    public async Task Without_a_certificate_the_caller_is_unauthenticated()
    {
        await using BridgeScene scene = await StartAsync();
        await Gateway.FailsAsync(StatusCode.Unauthenticated, () => AskAsync(scene, null));
    }

    [Fact]
    public async Task Expired_self_made_and_misused_certificates_end_in_the_handshake()
    {
        await using BridgeScene scene = await StartAsync();
        using Authority others = new(_folder.FullName, "others");
        foreach (IssuedFiles client in (IssuedFiles[])
        [
            _clients.IssueClient("CN=pop-agent", isExpired: true), others.IssueClient("CN=pop-agent"),
            _servers.IssueClient("CN=pop-agent"), _clients.IssueForWrongUse("CN=pop-agent"),
        ])
        {
            // With TLS 1.3 a client has sent its request already when it learns that it is refused.
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => AskAsync(scene, client));
            Assert.Contains(e.StatusCode, (StatusCode[])[StatusCode.Unavailable, StatusCode.Internal]);
        }

        await AskAsync(scene, _clients.IssueClient("CN=pop-agent"));
    }

    [Fact]
    public async Task A_token_stands_in_for_a_certificate_but_a_wrong_one_does_not()
    {
        string path = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(path, "0123456789abcdef\n");
        await using BridgeScene scene = await StartAsync(path);
        await AskAsync(scene, null, "Bearer 0123456789abcdef");
        foreach (string wrong in (string[])["Bearer 0123456789abcdeX", "Bearer ", "0123456789abcdef"])
            await Gateway.FailsAsync(StatusCode.Unauthenticated, () => AskAsync(scene, null, wrong));
        await Gateway.FailsAsync(
            StatusCode.PermissionDenied,
            () => AskAsync(scene, _clients.IssueClient("CN=somebody"), "Bearer wrong"));
        Assert.DoesNotContain("0123456789abcdef", scene.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_intermediate_of_the_server_is_sent_along()
    {
        using Authority below = new(_folder.FullName, "servers-below", _servers);
        await using BridgeScene scene = await StartAsync(null, below.IssueServer());
        await AskAsync(scene, _clients.IssueClient("CN=pop-agent"));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("damaged")]
    [InlineData("other key")]
    [InlineData("no client named")]
    [InlineData("no authority")]
    [InlineData("empty name")]
    [InlineData("missing token")]
    public async Task What_cannot_be_read_or_makes_no_sense_ends_the_start_and_is_named(string what)
    {
        IssuedFiles server = _servers.IssueServer();
        string damaged = Path.Combine(_folder.FullName, "damaged.pem");
        await File.WriteAllTextAsync(damaged, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----");
        VppGatewayOptions good = Secured(new VppGatewayOptions { Listen = "0.0.0.0:0" }, server, null);
        (VppGatewayOptions options, string named) = what switch
        {
            "missing" => (good with { CertificateKeyFile = "/nonexistent.key" }, "/nonexistent.key"),
            "damaged" => (good with { ClientCaFile = damaged }, damaged),
            "other key" => (
                good with { CertificateKeyFile = _servers.IssueServer().Key }, server.Certificate),
            "no client named" => (good with { AllowedClients = [] }, "--allow-client"),
            "no authority" => (good with { ClientCaFile = null, TokenFile = damaged }, "--client-ca"),
            "empty name" => (good with { AllowedClients = ["a", ""] }, "--allow-client"),
            _ => (good with { TokenFile = "/nonexistent.token" }, "/nonexistent.token"),
        };
        OptionException e = await Assert.ThrowsAsync<OptionException>(
            () => VppGatewayHost.StartAsync(options, _ => { }, CancellationToken.None));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _servers.Dispose();
        _clients.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task<BridgeScene> StartAsync(string? token = null, IssuedFiles? server = null) =>
        BridgeScene.StartAsync(
            (options, _) => Secured(options, server ?? _servers.IssueServer(), token));

    private VppGatewayOptions Secured(VppGatewayOptions options, IssuedFiles server, string? token) =>
        options with
        {
            CertificateFile = server.Certificate,
            CertificateKeyFile = server.Key,
            ClientCaFile = _clients.File,
            AllowedClients = ["pop-agent", "spiffe://site/pop"],
            TokenFile = token,
        };

    private async Task AskAsync(BridgeScene scene, IssuedFiles? client, string? header = null)
    {
        X509ChainPolicy trust = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.ImportFromPemFile(_servers.File);
        SslClientAuthenticationOptions tls = new() { CertificateChainPolicy = trust };
        if (client is not null)
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(client.Certificate);
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPemFile(client.Certificate, client.Key), chain, offline: true);
        }

        Metadata metadata = [];
        if (header is not null)
            metadata.Add("authorization", header);
        using SocketsHttpHandler handler = new() { SslOptions = tls };
        using GrpcChannel channel = GrpcChannel.ForAddress(
            scene.Host.Addresses[0], new GrpcChannelOptions { HttpHandler = handler });
        await channel.UnaryAsync(
            "/serval.vpp.v1.VppGateway/GetVersion", new GetVersionRequest(), GetVersionResponse.Parser,
            new CallOptions(metadata));
    }
}
