using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class FramingTests(EchoScene scene) : IClassFixture<EchoScene>
{
    [Fact]
    public async Task A_chunked_request_arrives_whole()
    {
        RawResponse response = await RawClient.AskAsync(
            scene.Port, "POST /a HTTP/1.1\r\nHost: test.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
        Assert.Equal(200, response.Status);
        Assert.Equal("hello world", response.Json.GetProperty("body").GetString());
    }

    [Fact]
    public async Task A_chunked_response_arrives_whole()
    {
        RawResponse response = await RawClient.GetAsync(scene.Port, "/bytes/100000?chunked");
        Assert.Equal("chunked", response["Transfer-Encoding"]);
        Assert.Null(response["Content-Length"]);
        Assert.Equal(100_000, response.Body.Length);
        Assert.Equal(99_999 % 251, response.Body[^1]);
    }

    [Fact]
    public async Task Trailers_of_a_request_reach_the_upstream()
    {
        RawResponse response = await RawClient.AskAsync(
            scene.Port,
            "POST / HTTP/1.1\r\nHost: test.example\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-Sum: 42\r\n\r\n");
        Assert.Equal(200, response.Status);
        Assert.Equal("ab", response.Json.GetProperty("body").GetString());
        Assert.Equal("42", response.Json.GetProperty("trailers").GetProperty("x-sum").GetString());
    }

    [Fact]
    public async Task Expect_100_continue_is_answered_before_the_body_is_sent()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        await client.SendAsync(
            "POST / HTTP/1.1\r\nHost: test.example\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, (await client.ReadAsync()).Status);
        await client.SendAsync("hello");
        RawResponse response = await client.ReadAsync();
        Assert.Equal(200, response.Status);
        Assert.Equal("hello", response.Json.GetProperty("body").GetString());
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_their_order()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        StringBuilder requests = new();
        for (int i = 0; i < 50; i++)
            requests.Append($"GET /{i} HTTP/1.1\r\nHost: test.example\r\n\r\n");
        await client.SendAsync(requests.ToString());
        for (int i = 0; i < 50; i++)
            Assert.Equal($"/{i}", (await client.ReadAsync()).Json.GetProperty("path").GetString());
    }

    [Fact]
    public async Task A_pipelined_request_behind_a_body_is_not_taken_for_the_body()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        await client.SendAsync(
            "POST /1 HTTP/1.1\r\nHost: test.example\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: test.example\r\n\r\n");
        Assert.Equal("abc", (await client.ReadAsync()).Json.GetProperty("body").GetString());
        Assert.Equal("/2", (await client.ReadAsync()).Json.GetProperty("path").GetString());
    }

    [Fact]
    public async Task HTTP_1_0_gets_a_response_without_chunks_and_the_end_of_the_connection()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        await client.SendAsync("GET /bytes/1000?chunked HTTP/1.0\r\nHost: test.example\r\n\r\n");
        RawResponse response = await client.ReadAsync();
        Assert.Equal(200, response.Status);
        Assert.Null(response["Transfer-Encoding"]);
        Assert.Equal(1_000, response.Body.Length);
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task HTTP_1_0_keeps_the_connection_when_asked_to()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(
                "GET /bytes/10 HTTP/1.0\r\nHost: test.example\r\nConnection: keep-alive\r\n\r\n");
            RawResponse response = await client.ReadAsync();
            Assert.Equal(10, response.Body.Length);
            Assert.Equal("keep-alive", response["Connection"], ignoreCase: true);
        }
    }

    [Fact]
    public async Task HEAD_gets_the_head_alone_and_the_connection_goes_on()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        await client.SendAsync("HEAD /bytes/500 HTTP/1.1\r\nHost: test.example\r\n\r\nGET /bytes/7 HTTP/1.1\r\nHost: test.example\r\n\r\n");
        Assert.Equal("500", (await client.ReadAsync(isHead: true))["Content-Length"]);
        Assert.Equal(7, (await client.ReadAsync()).Body.Length);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public async Task A_status_without_content_ends_with_its_head(int status)
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        await client.SendAsync($"GET /status/{status} HTTP/1.1\r\nHost: test.example\r\n\r\n");
        Assert.Equal(status, (await client.ReadAsync()).Status);
        await client.SendAsync("GET /bytes/3 HTTP/1.1\r\nHost: test.example\r\n\r\n");
        Assert.Equal(3, (await client.ReadAsync()).Body.Length);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n")]
    public async Task A_request_with_two_readings_is_refused_and_the_connection_closed(string request)
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        await client.SendAsync(request);
        Assert.Equal(400, (await client.ReadAsync()).Status);
        Assert.Empty(await client.ReadToEndAsync());
    }
}
