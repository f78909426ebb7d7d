using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Serval.Common;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Interop;

namespace Serval.VppBridge.Tests.Serving;

/// <summary>Where the bridge listens, for whom, and what it says of itself there.</summary>
public sealed class ListenTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("listen");

    // grpc.health.v1.HealthCheckResponse.ServingStatus
    private const uint Serving = 1;
    private const uint NotServing = 2;

    private string SocketPath => Path.Combine(_folder.FullName, "run", "vpp.sock");

    [Fact]
    public async Task By_default_grpc_is_on_a_unix_socket_for_the_owner_and_the_group()
    {
        Assert.Equal("unix:/run/serval/vpp.sock", new VppGatewayOptions().Listen);
        await using VppGatewayHost host = await StartAsync(o => o with { Listen = "unix:" + SocketPath });
        Assert.Equal((UnixFileMode)0b110_110_000, File.GetUnixFileMode(SocketPath));
    }

    [Fact]
    public async Task The_file_of_a_socket_that_nobody_listens_on_does_not_stop_a_start()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SocketPath)!);
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            left.Bind(new UnixDomainSocketEndPoint(SocketPath));
        await using VppGatewayHost host = await StartAsync(o => o with { Listen = "unix:" + SocketPath });

        // One that is listened on, and a file that is something else, do stop it.
        OptionException served = await Assert.ThrowsAsync<OptionException>(
            () => StartAsync(o => o with { Listen = "unix:" + SocketPath }));
        Assert.Contains("another process listens", served.Message, StringComparison.Ordinal);
        string file = Path.Combine(_folder.FullName, "notes");
        await File.WriteAllTextAsync(file, "kept");
        await Assert.ThrowsAsync<OptionException>(() => StartAsync(o => o with { Listen = "unix:" + file }));
        Assert.Equal("kept", await File.ReadAllTextAsync(file));
    }

    // What cannot be asked whether it listens may be in use.
    [Fact]
    public async Task A_socket_of_another_kind_is_left_where_it_is()
    {
        string path = Path.Combine(_folder.FullName, "datagrams");
        using var datagrams = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        datagrams.Bind(new UnixDomainSocketEndPoint(path));
        await Assert.ThrowsAsync<OptionException>(() => StartAsync(o => o with { Listen = "unix:" + path }));
        Assert.True(File.Exists(path));
    }

    [Theory]
    [InlineData("--listen")]
    [InlineData("--admin")]
    public async Task A_port_that_is_taken_is_said_plainly(string option)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string address = taken.LocalEndpoint.ToString()!;
        OptionException e = await Assert.ThrowsAsync<OptionException>(() => StartAsync(
            o => option == "--listen" ? o with { Listen = address } : o with { Admin = address }));
        Assert.Contains($"{option} {address}", e.Message, StringComparison.Ordinal);
        Assert.Contains("ip_local_reserved_ports", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_the_environment_nor_a_settings_file_opens_a_listener()
    {
        // Of all bridges of this process; none of them cares.
        Environment.SetEnvironmentVariable("ASPNETCORE_URLS", "http://127.0.0.1:0");
        Environment.SetEnvironmentVariable("Kestrel__Endpoints__Stray__Url", "http://127.0.0.1:0");
        try
        {
            await using VppGatewayHost host = await StartAsync(o => o);
            Assert.Equal(2, host.Addresses.Count);
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPNETCORE_URLS", null);
            Environment.SetEnvironmentVariable("Kestrel__Endpoints__Stray__Url", null);
        }
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("0.0.0.0:0")]
    public async Task Probes_and_metrics_are_for_whoever_asks_by_address_and_nothing_else_is(string admin)
    {
        await using VppGatewayHost host = await StartAsync(o => o with { Admin = admin });
        int port = new Uri(host.Addresses[1].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)).Port;
        foreach ((string path, string name, HttpStatusCode code) in ((string, string, HttpStatusCode)[])
        [
            ("/healthz", "192.0.2.7:9903", HttpStatusCode.OK),
            ("/healthz", "localhost", HttpStatusCode.OK),
            ("/healthz", "[2001:db8::1]:9903", HttpStatusCode.OK),
            ("/metrics", "10.0.0.1", HttpStatusCode.OK),
            ("/metrics", "rebound.example", HttpStatusCode.Forbidden),
            ("/readyz", "127.0.0.1.example", HttpStatusCode.Forbidden),
            ("/config", "127.0.0.1", HttpStatusCode.NotFound),
        ])
        {
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
            request.Headers.Host = name;
            using HttpResponseMessage answer = await http.SendAsync(request);
            Assert.Equal((name, code), (name, answer.StatusCode));
        }
    }

    [Fact]
    public async Task A_token_that_is_renewed_is_the_one_that_counts()
    {
        string token = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(token, "the-first-token-0\n");
        await using VppGatewayHost host = await StartAsync(o => o with { TokenFile = token });
        Assert.Equal(StatusCode.Unavailable, await AskAsync(host, "the-first-token-0"));
        await File.WriteAllTextAsync(token, "the-second-token-00\n");
        Assert.Equal(StatusCode.Unavailable, await AskAsync(host, "the-second-token-00"));
        Assert.Equal(StatusCode.Unauthenticated, await AskAsync(host, "the-first-token-0"));

        // A file that is being written keeps the last good one.
        await File.WriteAllTextAsync(token, "short");
        Assert.Equal(StatusCode.Unavailable, await AskAsync(host, "the-second-token-00"));
    }

    [Fact]
    public async Task A_certificate_that_is_renewed_is_shown_to_the_next_who_connects()
    {
        using var authority = new Authority(_folder.FullName, "servers");
        IssuedFiles files = authority.IssueServer();
        await using VppGatewayHost host = await StartAsync(
            o => o with { CertificateFile = files.Certificate, CertificateKeyFile = files.Key });
        string before = await SerialOfAsync(host);
        IssuedFiles renewed = authority.IssueServer();
        File.Move(renewed.Key, files.Key, overwrite: true);
        File.Move(renewed.Certificate, files.Certificate, overwrite: true);
        Assert.NotEqual(before, await SerialOfAsync(host));
    }

    [Fact]
    public async Task Health_is_serving_only_while_everything_asked_for_is_in_place()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        await gateway.ApplyAsync(Gateway.Acl("web", Gateway.Rule(AclAction.Deny)));
        await gateway.BindAsync("host-vw", ["web"], []);
        foreach (string service in (string[])["", "serval.vpp.v1.VppGateway"])
            Assert.Equal(Serving, await CheckAsync(gateway, service));
        BlockedTests.Remove(gateway, "host-vw");
        await Eventually.BecomesAsync(() => !gateway.Host.Reconciler.Status.IsReady);
        foreach (string service in (string[])["", "serval.vpp.v1.VppGateway"])
            Assert.Equal(NotServing, await CheckAsync(gateway, service));
        lock (gateway.Vpp.Gate)
            gateway.Vpp.State.AddInterface("host-vw", 6, isUp: true, mtu: 9000);
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status.IsReady);
        Assert.Equal(Serving, await CheckAsync(gateway, ""));
        gateway.Vpp.Kill();
        await Eventually.BecomesAsync(() => !gateway.Host.Reconciler.Status.IsReady);
        Assert.Equal(NotServing, await CheckAsync(gateway, ""));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // The health messages are one field each: a name, and a number. Those of ours with the same fields do.
    private static async Task<uint> CheckAsync(Gateway gateway, string service) =>
        (await gateway.Channel.UnaryAsync(
            "/grpc.health.v1.Health/Check", new GetInterfacesRequest { Names = { service } },
            PortRange.Parser)).First;

    private static async Task<StatusCode> AskAsync(VppGatewayHost host, string token)
    {
        using var channel = GrpcChannel.ForAddress(host.Addresses[0]);
        Metadata metadata = new() { { "authorization", "Bearer " + token } };
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            "/serval.vpp.v1.VppGateway/GetVersion", new GetVersionRequest(), GetVersionResponse.Parser,
            new CallOptions(metadata)));
        return e.StatusCode;
    }

    private static async Task<string> SerialOfAsync(VppGatewayHost host)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(host.Addresses[0]).Port);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        return new X509Certificate2(tls.RemoteCertificate!).SerialNumber;
    }

    private Task<VppGatewayHost> StartAsync(Func<VppGatewayOptions, VppGatewayOptions> change) =>
        VppGatewayHost.StartAsync(
            change(new VppGatewayOptions
            {
                Listen = "127.0.0.1:0",
                Admin = "127.0.0.1:0",
                VppRuntimeDirectory = _folder.FullName,
                StateDirectory = Path.Combine(_folder.FullName, $"state-{Guid.NewGuid():N}"),
            }),
            _ => { }, CancellationToken.None);
}
