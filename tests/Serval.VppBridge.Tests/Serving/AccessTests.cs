using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Serval.Common;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Interop;

namespace Serval.VppBridge.Tests.Serving;

public sealed class AccessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("access");

    [Theory]
    [InlineData("0.0.0.0:50052", "TLS")]
    [InlineData("[::]:50052", "TLS")]
    [InlineData("192.0.2.1:50052", "TLS")]
    [InlineData("localhost", "ADDRESS:PORT")]
    [InlineData("2001:db8::1:50052", "ADDRESS:PORT")]
    [InlineData("unix:relative", "ADDRESS:PORT")]
    public async Task A_listener_that_strangers_could_reach_is_refused(string listen, string reason)
    {
        OptionException e = await Assert.ThrowsAsync<OptionException>(() => VppGatewayHost.StartAsync(
            Options() with { Listen = listen }, _ => { }, CancellationToken.None));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bearer_token_is_asked_for_where_one_is_set()
    {
        string token = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(token, "0123456789abcdef\n");
        await using VppGatewayHost host = await VppGatewayHost.StartAsync(
            Options() with { TokenFile = token }, _ => { }, CancellationToken.None);
        foreach ((string? header, StatusCode code) in ((string?, StatusCode)[])
        [
            (null, StatusCode.Unauthenticated),
            ("Bearer wrong", StatusCode.Unauthenticated),
            ("Basic 0123456789abcdef", StatusCode.Unauthenticated),
            ("Bearer 0123456789abcdef", StatusCode.Unavailable),
        ])
        {
            Metadata metadata = [];
            if (header is not null)
                metadata.Add("authorization", header);
            using var channel = GrpcChannel.ForAddress(host.Addresses[0]);
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
                "/serval.vpp.v1.VppGateway/GetVersion", new GetVersionRequest(), GetVersionResponse.Parser,
                new CallOptions(metadata)));
            Assert.Equal(code, e.StatusCode);
        }
    }

    [Fact]
    public async Task A_unix_socket_serves_without_credentials_and_probes_tell_of_vpp()
    {
        string path = Path.Combine(_folder.FullName, "grpc.sock");
        await using VppGatewayHost host = await VppGatewayHost.StartAsync(
            Options() with { Listen = "unix:" + path }, _ => { }, CancellationToken.None);
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var channel = GrpcChannel.ForAddress(
            "http://localhost", new GrpcChannelOptions { HttpHandler = handler });
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            "/serval.vpp.v1.VppGateway/GetVersion", new GetVersionRequest(), GetVersionResponse.Parser));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        using var http = new HttpClient { BaseAddress = new Uri(host.Addresses[1]) };
        Assert.Equal(System.Net.HttpStatusCode.OK, (await http.GetAsync("/healthz")).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable,
            (await http.GetAsync("/readyz")).StatusCode);
        Assert.Contains("serval_vpp_up 0", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_means_that_everything_is_in_place()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Host.Addresses[1]) };
        Assert.Equal(System.Net.HttpStatusCode.OK, (await http.GetAsync("/readyz")).StatusCode);
        Assert.Contains("serval_vpp_up 1", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_come_as_open_metrics_where_that_is_asked_for()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Host.Addresses[1]) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Add("Accept", "application/openmetrics-text");
        using HttpResponseMessage answer = await http.SendAsync(request);
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8",
            answer.Content.Headers.ContentType!.ToString());
        string page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("# TYPE serval_vpp_repairs counter\n", page, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", page, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private VppGatewayOptions Options() => new()
    {
        Listen = "127.0.0.1:0",
        Admin = "127.0.0.1:0",
        VppRuntimeDirectory = _folder.FullName,
        StateDirectory = Path.Combine(_folder.FullName, "state"),
    };
}
