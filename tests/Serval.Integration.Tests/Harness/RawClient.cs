using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Serval.Integration.Tests.Harness;

/// <summary>A client that sends the bytes it is given and reads HTTP/1.1 responses one by one.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly BufferedStream _stream;

    private RawClient(TcpClient client)
    {
        _client = client;
        _stream = new BufferedStream(client.GetStream());
    }

    public static async Task<RawClient> ConnectAsync(int port, string address = "127.0.0.1")
    {
        bool isIpv6 = address.Contains(':', StringComparison.Ordinal);
        TcpClient client = new(isIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        client.NoDelay = true;
        await client.ConnectAsync(address, port, Deadline.Token());
        return new RawClient(client);
    }

    /// <summary>Connects, asks, reads one response, closes.</summary>
    public static async Task<RawResponse> AskAsync(int port, string request)
    {
        await using RawClient client = await ConnectAsync(port);
        await client.SendAsync(request);
        return await client.ReadAsync(isHead: request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>GET with these header lines (each ended by CRLF).</summary>
    public static Task<RawResponse> GetAsync(
        int port, string target, string headers = "Host: test.example\r\n") =>
        AskAsync(port, $"GET {target} HTTP/1.1\r\n{headers}\r\n");

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) =>
        await _client.GetStream().WriteAsync(bytes, Deadline.Token());

    /// <summary>Reads one response, interim ones included.</summary>
    public async Task<RawResponse> ReadAsync(bool isHead = false)
    {
        string head = await ReadHeadAsync();
        int status = int.Parse(head.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        RawResponse response = new(status, head, [], "");
        if (isHead || status is < 200 or 204 or 304)
            return response;
        if (response["Transfer-Encoding"] is not null)
            return await ReadChunkedAsync(response);
        byte[] body = response["Content-Length"] is { } length
            ? await ReadExactlyAsync(int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture))
            : await ReadToEndAsync();
        return response with { Body = body };
    }

    /// <summary>Reads what is left until the other side closes; a reset counts as a close.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using MemoryStream rest = new();
        try
        {
            await _stream.CopyToAsync(rest, Deadline.Token());
        }
        catch (IOException)
        {
        }
        return rest.ToArray();
    }

    public async Task<byte[]> ReadExactlyAsync(int count)
    {
        byte[] bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, Deadline.Token());
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private async Task<RawResponse> ReadChunkedAsync(RawResponse response)
    {
        using MemoryStream body = new();
        while (true)
        {
            string size = await ReadLineAsync();
            int count = int.Parse(
                size.Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (count == 0)
                break;
            body.Write(await ReadExactlyAsync(count));
            Assert.Equal("", await ReadLineAsync());
        }
        StringBuilder trailers = new();
        string line;
        while ((line = await ReadLineAsync()).Length > 0)
            trailers.Append(line).Append('\n');
        return response with { Body = body.ToArray(), Trailers = trailers.ToString() };
    }

    private async Task<string> ReadHeadAsync()
    {
        StringBuilder head = new();
        string line;
        while ((line = await ReadLineAsync()).Length > 0)
            head.Append(line).Append("\r\n");
        return head.ToString();
    }

    private async Task<string> ReadLineAsync()
    {
        StringBuilder line = new();
        byte[] one = new byte[1];
        CancellationToken deadline = Deadline.Token();
        while (true)
        {
            if (await _stream.ReadAsync(one, deadline) == 0)
                throw new EndOfStreamException($"The connection was closed after \"{line}\".");
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
    }
}
