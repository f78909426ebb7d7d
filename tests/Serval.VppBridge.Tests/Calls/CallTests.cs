using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Serval.VppBridge.Serving;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Interop;

namespace Serval.VppBridge.Tests.Calls;

public sealed class CallTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_stream_keeps_its_order_and_ends_with_the_status_of_the_method()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        List<int> seen = [];
        EchoRequest request = new() { Count = 5, FailCode = 10, FailDetail = "lost a race" };
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (EchoResponse response in channel.StreamAsync(
                "/serval.test.v1.Echo/Count", request, EchoResponse.Parser))
                seen.Add(response.Number);
        });
        Assert.Equal([0, 1, 2, 3, 4], seen);
        Assert.Equal((StatusCode.Aborted, "lost a race"), (e.StatusCode, e.Status.Detail));
    }

    [Fact]
    public async Task What_a_method_throws_by_mistake_does_not_reach_the_caller()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        RpcException e = await FailsAsync(channel, new EchoRequest { FailDetail = "crash" });
        Assert.Equal(StatusCode.Internal, e.StatusCode);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_detail_is_cut_at_its_bound()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        foreach ((int asked, int told) in ((int, int)[])[(2048, 2048), (2049, 2049), (5000, 2049)])
        {
            EchoRequest request = new() { FailCode = 5, FailDetail = new string('x', asked) };
            RpcException e = await FailsAsync(channel, request);
            Assert.Equal((StatusCode.NotFound, told), (e.StatusCode, e.Status.Detail.Length));
            Assert.Equal(asked > 2048, e.Status.Detail.EndsWith('…'));
        }
    }

    [Fact]
    public async Task A_passed_deadline_ends_the_call_on_both_sides()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => HangAsync(channel, new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(200))));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_unary_call_without_a_deadline_or_with_a_longer_one_ends_at_the_bound(bool isAsked)
    {
        await using EchoServer server = await EchoServer.StartAsync(
            new CallBounds { UnaryDeadlineMax = TimeSpan.FromMilliseconds(100) });
        using GrpcChannel channel = server.Connect();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => HangAsync(
            channel, new CallOptions(deadline: isAsked ? DateTime.UtcNow.AddHours(1) : null)));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        await server.Echo.HangCancelled.WaitAsync(Long);
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_on_the_server()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        using CancellationTokenSource cancel = new();
        Task<EchoResponse> call = HangAsync(channel, new CallOptions(cancellationToken: cancel.Token));
        await server.Echo.HangStarted.WaitAsync(Long);
        await cancel.CancelAsync();
        Assert.Equal(
            StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
        await server.Echo.HangCancelled.WaitAsync(Long);
    }

    [Fact]
    public async Task Calls_over_the_limit_are_shed_and_the_one_within_it_goes_on()
    {
        await using EchoServer server = await EchoServer.StartAsync(new CallBounds { CallsMax = 1 });
        using GrpcChannel channel = server.Connect();
        using CancellationTokenSource cancel = new();
        Task<EchoResponse> call = HangAsync(channel, new CallOptions(cancellationToken: cancel.Token));
        await server.Echo.HangStarted.WaitAsync(Long);
        RpcException e = await FailsAsync(channel, new EchoRequest());
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.False(call.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => call);
        await server.Echo.HangCancelled.WaitAsync(Long);
        await Eventually.BecomesAsync(() => IsServed(channel));
        Assert.Contains(("/serval.test.v1.Echo/Say", StatusCode.ResourceExhausted), server.Ended);
    }

    [Fact]
    public async Task A_call_that_ends_by_an_exception_leaves_its_place_to_the_next()
    {
        int count = 0;
        await using EchoServer server = await EchoServer.StartAsync(
            new CallBounds { CallsMax = 1 },
            _ => count++ == 0 ? throw new InvalidOperationException("planted") : Status.DefaultSuccess);
        using GrpcChannel channel = server.Connect();
        await FailsAsync(channel, new EchoRequest());
        await SayAsync(channel, new EchoRequest());
    }

    [Fact]
    public async Task Messages_are_bounded_both_ways()
    {
        await using EchoServer server = await EchoServer.StartAsync(
            new CallBounds { ReceiveBytesMax = 2000, SendBytesMax = 1000 });
        using GrpcChannel channel = server.Connect();
        foreach ((int bytes, StatusCode? code) in ((int, StatusCode?)[])
        [
            (900, null), (1100, StatusCode.ResourceExhausted), (2100, StatusCode.ResourceExhausted),
            (900, null),
        ])
        {
            EchoRequest request = new() { Payload = ByteString.CopyFrom(new byte[bytes]) };
            if (code is null)
                Assert.Equal(bytes, (await SayAsync(channel, request)).Payload.Length);
            else
                Assert.Equal(code, (await FailsAsync(channel, request)).StatusCode);
        }
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_streams()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        await using IAsyncEnumerator<EchoResponse> stream = channel
            .StreamAsync("/serval.test.v1.Echo/Follow", new EchoRequest(), EchoResponse.Parser)
            .GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());
        Task stopped = server.StopAsync();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => stream.MoveNextAsync().AsTask());
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        await stopped.WaitAsync(Long);
    }

    [Fact]
    public async Task Health_tells_of_what_is_served()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        Health.HealthClient health = new(channel);
        foreach (string service in (string[])["", "serval.test.v1.Echo"])
        {
            HealthCheckResponse answer = await health.CheckAsync(
                new HealthCheckRequest { Service = service });
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }

        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => health.CheckAsync(new HealthCheckRequest { Service = "x" }).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        using AsyncServerStreamingCall<HealthCheckResponse> watch = health.Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, watch.ResponseStream.Current.Status);
    }

    private static bool IsServed(GrpcChannel channel)
    {
        try
        {
            return SayAsync(channel, new EchoRequest()).Wait(Long);
        }
        catch (AggregateException)
        {
            return false;
        }
    }

    private static Task<EchoResponse> SayAsync(GrpcChannel channel, EchoRequest request) =>
        channel.UnaryAsync("/serval.test.v1.Echo/Say", request, EchoResponse.Parser);

    private static Task<RpcException> FailsAsync(GrpcChannel channel, EchoRequest request) =>
        Assert.ThrowsAsync<RpcException>(() => SayAsync(channel, request));

    private static Task<EchoResponse> HangAsync(GrpcChannel channel, CallOptions options) =>
        channel.UnaryAsync("/serval.test.v1.Echo/Hang", new EchoRequest(), EchoResponse.Parser, options);
}
