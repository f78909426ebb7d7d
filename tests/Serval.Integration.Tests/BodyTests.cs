using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class BodyTests(EchoScene scene) : IClassFixture<EchoScene>
{
    private const int LargeBytes = 40 * 1024 * 1024;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_upload_arrives_byte_for_byte(bool isChunked)
    {
        byte[] body = RandomBytes(LargeBytes, seed: 7);
        using HttpClient client = new() { Timeout = Deadline.Limit };
        using HttpRequestMessage request = new(HttpMethod.Post, $"http://127.0.0.1:{scene.Port}/");
        request.Content = new ByteArrayContent(body);
        request.Headers.TransferEncodingChunked = isChunked;
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal($"{LargeBytes}", response.Headers.GetValues("X-Body-Bytes").Single());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(body)),
            response.Headers.GetValues("X-Body-Sha256").Single());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?chunked")]
    public async Task A_large_download_arrives_byte_for_byte(string query)
    {
        using HttpClient client = new() { Timeout = Deadline.Limit };
        byte[] body = await client.GetByteArrayAsync(
            new Uri($"http://127.0.0.1:{scene.Port}/bytes/{LargeBytes}{query}"), Deadline.Token());
        Assert.Equal(LargeBytes, body.Length);
        for (int i = 0; i < body.Length; i++)
        {
            if (body[i] != i % 251)
                Assert.Fail($"byte {i} is {body[i]}");
        }
    }

    [Fact]
    public async Task A_body_that_flows_both_ways_at_once_arrives_byte_for_byte()
    {
        byte[] body = RandomBytes(LargeBytes / 4, seed: 11);
        using HttpClient client = new() { Timeout = Deadline.Limit };
        using ByteArrayContent content = new(body);
        using HttpResponseMessage response = await client.PostAsync(
            new Uri($"http://127.0.0.1:{scene.Port}/mirror"), content, Deadline.Token());
        Assert.Equal(SHA256.HashData(body),
            SHA256.HashData(await response.Content.ReadAsByteArrayAsync(Deadline.Token())));
    }

    [Fact]
    public async Task A_client_that_stops_reading_holds_no_body_in_memory()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        long before = ResidentBytes();
        await client.SendAsync("GET /bytes/1000000000 HTTP/1.1\r\nHost: test.example\r\n\r\n");
        await client.ReadExactlyAsync(1_000_000);
        // Another exchange, through and through, gives the router the time that it would need to swallow
        // more.
        Assert.Equal(1_000_000, (await RawClient.GetAsync(scene.Port, "/bytes/1000000")).Body.Length);
        Assert.True(ResidentBytes() - before < 64 * 1024 * 1024);
    }

    [Fact]
    public async Task A_WebSocket_goes_through()
    {
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{scene.Port}/chat"), Deadline.Token());
        byte[] received = new byte[100_000];
        foreach (string message in (string[])["hello", new string('x', 70_000), ""])
        {
            await socket.SendAsync(
                Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, Deadline.Token());
            int count = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(received.AsMemory(count), Deadline.Token());
                count += part.Count;
            }
            while (!part.EndOfMessage);
            Assert.Equal(message, Encoding.UTF8.GetString(received, 0, count));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Deadline.Token());
        Assert.Equal(WebSocketState.Closed, socket.State);
    }

    [Fact]
    public async Task An_upgrade_that_the_upstream_declines_leaves_an_ordinary_connection()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        await client.SendAsync(
            "GET /1 HTTP/1.1\r\nHost: test.example\r\nConnection: Upgrade\r\nUpgrade: unknown\r\n\r\n"
            + "GET /2 HTTP/1.1\r\nHost: test.example\r\n\r\n");
        Assert.Equal("/1", (await client.ReadAsync()).Json.GetProperty("path").GetString());
        Assert.Equal("/2", (await client.ReadAsync()).Json.GetProperty("path").GetString());
    }

    [Fact]
    public async Task Curl_gets_what_was_asked_for()
    {
        using Process curl = Process.Start(new ProcessStartInfo(
            "curl", ["-sS", "--max-time", "30", "--data", "hello", $"http://127.0.0.1:{scene.Port}/a?b=c"])
        { RedirectStandardOutput = true })!;
        string output = await curl.StandardOutput.ReadToEndAsync(Deadline.Token());
        await curl.WaitForExitAsync(Deadline.Token());
        Assert.Equal(0, curl.ExitCode);
        Assert.Contains("\"target\": \"/a?b=c\"", output, StringComparison.Ordinal);
        Assert.Contains("\"body\": \"hello\"", output, StringComparison.Ordinal);
    }

    private long ResidentBytes()
    {
        using Process process = Process.GetProcessById(scene.Router.Process.Id);
        return process.WorkingSet64;
    }

    private static byte[] RandomBytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
