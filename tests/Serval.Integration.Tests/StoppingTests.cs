using System.Net.Sockets;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class StoppingTests
{
    [Fact]
    public async Task SIGTERM_lets_an_exchange_in_progress_end_and_takes_no_more()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedUpstream upstream = new(async (stream, _, stop) =>
        {
            asked.SetResult();
            await mayAnswer.Task;
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate"u8.ToArray(), stop);
        });
        await using RunningRouter router = await StartAsync(upstream.Port);
        await using RawClient client = await RawClient.ConnectAsync(router.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: test.example\r\n\r\n");
        await asked.Task.WaitAsync(Deadline.Limit);

        router.Process.Terminate();
        await router.Process.WaitForLineAsync("Draining");
        await RefusedAsync(router.Port);
        mayAnswer.SetResult();

        Assert.Equal("late", (await client.ReadAsync()).Text);
        Assert.Equal(0, await router.Process.WaitForExitAsync());
    }

    [Fact]
    public async Task A_second_signal_stops_at_once()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedUpstream upstream = new(async (_, _, stop) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, stop);
        });
        await using RunningRouter router = await StartAsync(upstream.Port);
        await using RawClient client = await RawClient.ConnectAsync(router.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: test.example\r\n\r\n");
        await asked.Task.WaitAsync(Deadline.Limit);

        router.Process.Terminate();
        await router.Process.WaitForLineAsync("Draining");
        router.Process.Terminate();
        Assert.Equal(0, await router.Process.WaitForExitAsync());
        Assert.Contains("stopping at once", router.Process.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drain_takes_no_longer_than_it_may()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedUpstream upstream = new(async (_, _, stop) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, stop);
        });
        await using RunningRouter router = await StartAsync(upstream.Port, "100ms");
        await using RawClient client = await RawClient.ConnectAsync(router.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: test.example\r\n\r\n");
        await asked.Task.WaitAsync(Deadline.Limit);

        router.Process.Terminate();
        Assert.Equal(0, await router.Process.WaitForExitAsync());
        Assert.DoesNotContain("stopping at once", router.Process.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_connection_does_not_hold_up_the_end()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await StartAsync(upstream.Port);
        await using RawClient client = await RawClient.ConnectAsync(router.Port);
        await client.SendAsync("GET /bytes/1 HTTP/1.1\r\nHost: test.example\r\n\r\n");
        Assert.Equal(200, (await client.ReadAsync()).Status);
        router.Process.Terminate();
        Assert.Equal(0, await router.Process.WaitForExitAsync());
        Assert.Empty(await client.ReadToEndAsync());
    }

    private static Task<RunningRouter> StartAsync(int port, string drain = "60s") => RunningRouter.StartAsync(
        Objects.Route("all", Objects.Rule("/", "echo")) + Objects.Service("echo", ("127.0.0.1", port)),
        "--drain-timeout", drain);

    // The workers close their listeners one after another.
    private static async Task RefusedAsync(int port)
    {
        CancellationToken deadline = Deadline.Token();
        while (true)
        {
            deadline.ThrowIfCancellationRequested();
            try
            {
                await using RawClient client = await RawClient.ConnectAsync(port);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}
