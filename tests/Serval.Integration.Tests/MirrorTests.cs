using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class MirrorTests
{
    [Fact]
    public async Task A_copy_reaches_the_mirror_and_only_the_backend_answers()
    {
        TaskCompletionSource<string> copied = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedUpstream mirror = new(async (stream, head, stop) =>
        {
            byte[] body = new byte[5];
            await stream.ReadExactlyAsync(body, stop);
            copied.TrySetResult(head + Encoding.ASCII.GetString(body));
            await stream.WriteAsync("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop);
        });
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("main", Objects.Rule("/", "echo", """
                filters:
                - type: RequestMirror
                  requestMirror: {backendRef: {name: mirror, port: 80}}
                - type: RequestMirror
                  requestMirror: {backendRef: {name: missing, port: 80}}
            """))
            + Objects.Service("echo", ("127.0.0.1", upstream.Port))
            + Objects.Service("mirror", ("127.0.0.1", mirror.Port)));
        RawResponse response = await RawClient.AskAsync(
            router.Port, "POST /a?b HTTP/1.1\r\nHost: test.example\r\nContent-Length: 5\r\n\r\nhello");
        Assert.Equal(200, response.Status);
        string copy = await copied.Task.WaitAsync(Deadline.Limit);
        Assert.StartsWith("POST /a?b HTTP/1.1\r\n", copy, StringComparison.Ordinal);
        Assert.EndsWith("hello", copy, StringComparison.Ordinal);
    }
}
