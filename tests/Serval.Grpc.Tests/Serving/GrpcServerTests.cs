using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Serval.Grpc.Calling;
using Serval.Grpc.Health.V1;
using Serval.Grpc.Serving;
using Serval.Grpc.Tests.Interop;

namespace Serval.Grpc.Tests.Serving;

public sealed class GrpcServerTests
{
    private const string Say = "/serval.test.v1.Echo/Say";
    private const string Count = "/serval.test.v1.Echo/Count";
    private const string Hang = "/serval.test.v1.Echo/Hang";

    [Fact]
    public async Task Our_client_sends_and_receives_one_message()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        EchoResponse response =
            await SayAsync(channel, new EchoRequest { Payload = ByteString.CopyFromUtf8("hello") });
        Assert.Equal("hello", response.Payload.ToStringUtf8());
    }

    [Fact]
    public async Task A_compressed_request_is_understood()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect(new GrpcChannelOptions { CompressRequests = true });
        ByteString payload = ByteString.CopyFrom(new byte[50_000]);
        Assert.Equal(payload, (await SayAsync(channel, new EchoRequest { Payload = payload })).Payload);
    }

    [Fact]
    public async Task A_stream_keeps_its_order_and_ends_with_the_status_of_the_handler()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        var seen = new List<int>();
        var request = new EchoRequest { Count = 5, FailCode = 10, FailDetail = "lost a race" };
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            await foreach (EchoResponse r in channel.StreamAsync(
                Count, request, EchoResponse.Parser, null, default))
                seen.Add(r.Number);
        });
        Assert.Equal([0, 1, 2, 3, 4], seen);
        Assert.Equal(new GrpcStatus(GrpcStatusCode.Aborted, "lost a race"), e.Status);
    }

    [Fact]
    public async Task What_a_handler_throws_does_not_reach_the_caller()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(
            () => SayAsync(channel, new EchoRequest { FailDetail = "crash" }));
        Assert.Equal(GrpcStatusCode.Internal, e.Code);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passed_deadline_ends_the_call_on_both_sides()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(
            Hang, new EchoRequest(), EchoResponse.Parser,
            new GrpcCallOptions { Deadline = TimeSpan.FromMilliseconds(100) }, default));
        Assert.Equal(GrpcStatusCode.DeadlineExceeded, e.Code);
        await server.Echo.HangCancelled.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_on_the_server()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        using var cancel = new CancellationTokenSource();
        Task<EchoResponse> call =
            channel.UnaryAsync(Hang, new EchoRequest(), EchoResponse.Parser, null, cancel.Token);
        await server.Echo.HangStarted.WaitAsync(TimeSpan.FromSeconds(10));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await server.Echo.HangCancelled.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Calls_over_the_limit_are_shed()
    {
        await using EchoServer server = await EchoServer.StartAsync(
            new GrpcServerOptions { ConcurrentCallsMax = 1 }, null);
        using GrpcChannel channel = server.Connect();
        using var cancel = new CancellationTokenSource();
        Task<EchoResponse> call =
            channel.UnaryAsync(Hang, new EchoRequest(), EchoResponse.Parser, null, cancel.Token);
        await server.Echo.HangStarted.WaitAsync(TimeSpan.FromSeconds(10));
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(() => SayAsync(channel, new EchoRequest()));
        Assert.Equal(GrpcStatusCode.ResourceExhausted, e.Code);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_call_that_ends_by_an_exception_leaves_its_place_to_the_next()
    {
        int count = 0;
        await using EchoServer server = await EchoServer.StartAsync(
            new GrpcServerOptions
            {
                ConcurrentCallsMax = 1,
                Authorize = _ => count++ == 0
                    ? throw new InvalidOperationException("planted") : GrpcStatus.Ok,
            },
            null);
        using GrpcChannel channel = server.Connect();
        await Assert.ThrowsAsync<GrpcException>(() => SayAsync(channel, new EchoRequest()));
        await SayAsync(channel, new EchoRequest());
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused()
    {
        await using EchoServer server = await EchoServer.StartAsync(bytesMax: 1000);
        using GrpcChannel channel = server.Connect();
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(
            () => SayAsync(channel, new EchoRequest { Payload = ByteString.CopyFrom(new byte[1000]) }));
        Assert.Equal(GrpcStatusCode.ResourceExhausted, e.Code);
    }

    [Fact]
    public async Task A_server_that_is_away_is_unavailable()
    {
        EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        await server.DisposeAsync();
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(() => SayAsync(channel, new EchoRequest()));
        Assert.Equal(GrpcStatusCode.Unavailable, e.Code);
    }

    [Fact]
    public async Task An_unknown_message_encoding_is_answered_with_the_known_ones()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using HttpResponseMessage response = await PostAsync(server, Say, ("grpc-encoding", "snappy"));
        Assert.Equal(["12"], response.Headers.GetValues("grpc-status"));
        Assert.Equal(["identity,gzip"], response.Headers.GetValues("grpc-accept-encoding"));
    }

    [Fact]
    public async Task A_malformed_timeout_is_refused()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using HttpResponseMessage response = await PostAsync(server, Say, ("grpc-timeout", "soon"));
        Assert.Equal(["3"], response.Headers.GetValues("grpc-status"));
    }

    [Fact]
    public async Task Health_is_told_and_watched()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        var request = new HealthCheckRequest { Service = "x" };
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(
            "/grpc.health.v1.Health/Check", request, HealthCheckResponse.Parser, null, default));
        Assert.Equal(GrpcStatusCode.NotFound, e.Code);

        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await using IAsyncEnumerator<HealthCheckResponse> watch = channel.StreamAsync(
            "/grpc.health.v1.Health/Watch", request, HealthCheckResponse.Parser, null, cancel.Token)
            .GetAsyncEnumerator();
        HealthCheckResponse.Types.ServingStatus[] expected =
        [
            HealthCheckResponse.Types.ServingStatus.ServiceUnknown,
            HealthCheckResponse.Types.ServingStatus.Serving,
            HealthCheckResponse.Types.ServingStatus.NotServing,
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            if (i > 0)
                server.Health.Set("x", i == 1);
            Assert.True(await watch.MoveNextAsync());
            Assert.Equal(expected[i], watch.Current.Status);
        }
    }

    private static Task<EchoResponse> SayAsync(GrpcChannel channel, EchoRequest request) =>
        channel.UnaryAsync(Say, request, EchoResponse.Parser, null, CancellationToken.None);

    private static async Task<HttpResponseMessage> PostAsync(
        EchoServer server, string path, (string, string) header)
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent(new byte[5]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Add(header.Item1, header.Item2);
        return await http.SendAsync(request);
    }
}
