using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Serval.VppBridge.Serving;
using Serval.VppBridge.Tests.Interop;

namespace Serval.VppBridge.Tests.Calls;

/// <summary>What a client that keeps to no library's ways can send.</summary>
public sealed class FrameTests
{
    [Fact]
    public async Task Four_mebibytes_of_packed_zeros_are_refused_and_the_next_call_is_served()
    {
        byte[] packed = PackedZeros(unpackedMiB: 16);
        int count = 4 * 1024 * 1024 / packed.Length;
        byte[] many = [.. Enumerable.Repeat(packed, count).SelectMany(bytes => bytes)];
        await using EchoServer server = await EchoServer.StartAsync(new CallBounds());
        Assert.Equal(StatusCode.ResourceExhausted, await SendAsync(server, Frame(1, many), "gzip"));
        Assert.Equal(StatusCode.OK, await SendAsync(server, Frame(0, []), "gzip"));
    }

    [Fact]
    public async Task A_packed_message_is_bounded_by_its_size_once_it_is_unpacked()
    {
        byte[] message = Frame(1, PackedZeros(unpackedMiB: 1));
        await using EchoServer small = await EchoServer.StartAsync(1024 * 1024 - 1);
        Assert.Equal(StatusCode.ResourceExhausted, await SendAsync(small, message, "gzip"));

        // Zeros are no message: what is unpacked whole fails as one.
        await using EchoServer large = await EchoServer.StartAsync(1024 * 1024);
        Assert.NotEqual(StatusCode.ResourceExhausted, await SendAsync(large, message, "gzip"));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 64, 0, 1 }, StatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 255, 255, 255, 255 }, StatusCode.Unknown)]
    [InlineData(new byte[] { 2, 0, 0, 0, 0 }, StatusCode.Unknown)]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, StatusCode.Internal)]
    public async Task Hostile_frames_are_refused(byte[] frame, StatusCode code)
    {
        await using EchoServer server = await EchoServer.StartAsync(new CallBounds());
        Assert.Equal(code, await SendAsync(server, frame, "identity"));
        Assert.Equal(StatusCode.OK, await SendAsync(server, Frame(0, []), "identity"));
    }

    [Fact]
    public async Task A_message_that_is_not_packed_as_it_says_is_refused()
    {
        await using EchoServer server = await EchoServer.StartAsync(new CallBounds());
        Assert.Equal(StatusCode.Internal, await SendAsync(server, Frame(1, [1, 2, 3]), "gzip"));
    }

    [Theory]
    [InlineData("snappy")]
    [InlineData("deflate")]
    public async Task An_unknown_message_encoding_is_answered_with_the_known_ones(string encoding)
    {
        await using EchoServer server = await EchoServer.StartAsync(new CallBounds());
        using HttpResponseMessage response = await PostAsync(
            server, new ByteArrayContent(Frame(1, [1])), ("grpc-encoding", encoding));
        Assert.Equal(["12"], response.Headers.GetValues("grpc-status"));
        Assert.Equal(["identity,gzip"], response.Headers.GetValues("grpc-accept-encoding"));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    public async Task A_malformed_timeout_is_refused(string timeout)
    {
        await using EchoServer server = await EchoServer.StartAsync(new CallBounds());
        using HttpResponseMessage response = await PostAsync(
            server, new ByteArrayContent(Frame(0, [])), ("grpc-timeout", timeout));
        Assert.Equal(["3"], response.Headers.GetValues("grpc-status"));
    }

    [Fact]
    public async Task A_caller_who_may_not_call_is_answered_before_the_body_is_read()
    {
        await using EchoServer server = await EchoServer.StartAsync(
            new CallBounds(), _ => new Status(StatusCode.Unauthenticated, "say who you are"));
        using EndlessContent body = new();
        using HttpResponseMessage response = await PostAsync(server, body, ("x-text", "a"));
        Assert.Equal(["16"], response.Headers.GetValues("grpc-status"));
        Assert.Equal(["say%20who%20you%20are"], response.Headers.GetValues("grpc-message"));
    }

    private static byte[] PackedZeros(int unpackedMiB)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(new byte[unpackedMiB * 1024 * 1024]);
        return packed.ToArray();
    }

    private static byte[] Frame(byte flag, byte[] message)
    {
        byte[] frame = [flag, 0, 0, 0, 0, .. message];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        return frame;
    }

    private static async Task<StatusCode> SendAsync(EchoServer server, byte[] body, string encoding)
    {
        using HttpResponseMessage response = await PostAsync(
            server, new ByteArrayContent(body), ("grpc-encoding", encoding));
        await response.Content.LoadIntoBufferAsync();
        HttpResponseHeaders headers =
            response.Headers.Contains("grpc-status") ? response.Headers : response.TrailingHeaders;
        return Enum.Parse<StatusCode>(headers.GetValues("grpc-status").Single());
    }

    private static async Task<HttpResponseMessage> PostAsync(
        EchoServer server, HttpContent content, (string Name, string Value) header)
    {
        using HttpClient http = new();
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        Uri address = new(server.Address, "/serval.test.v1.Echo/Say");
        using HttpRequestMessage request = new(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Add("TE", "trailers");
        request.Headers.Add(header.Name, header.Value);
        return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead);
    }

    /// <summary>A body of which nothing comes.</summary>
    private sealed class EndlessContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
