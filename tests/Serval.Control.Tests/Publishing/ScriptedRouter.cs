using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Serval.Control.Tests.Publishing;

/// <summary>The admin API of a router that says what a test wants.</summary>
internal sealed class ScriptedRouter : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<(string Line, string Body)> _asked =
        Channel.CreateUnbounded<(string Line, string Body)>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public ScriptedRouter()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>The version that is live.</summary>
    public string Version { get; set; } = "";

    /// <summary>Whether keys are missing.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>The findings, as the members of a JSON array.</summary>
    public string Findings { get; set; } = "";

    /// <summary>So many requests are answered that it is starting.</summary>
    public int Failures { get; set; }

    /// <summary>The status and code that the next push of a configuration is refused with.</summary>
    public (int Status, string Code)? Refusal { get; set; }

    /// <summary>The body of the next request, which must be this one.</summary>
    public async Task<string> NextAsync(string line)
    {
        using CancellationTokenSource limit = new(Patience);
        (string asked, string body) = await _asked.Reader.ReadAsync(limit.Token);
        Assert.Equal(line, asked);
        return body;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    byte[] answer = Encoding.ASCII.GetBytes(Answer(request.Line));
                    await _asked.Writer.WriteAsync(request, _stop.Token);
                    await stream.WriteAsync(answer, _stop.Token);
                }
            }
            catch (Exception end) when (end is IOException or OperationCanceledException)
            {
                // The gateway has gone, or the test is over.
            }
        }
    }

    private async Task<(string Line, string Body)?> ReadAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return null;
            head.Append((char)one[0]);
        }
        string[] lines = head.ToString().Split("\r\n");
        string? length = Array.Find(
            lines, line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        byte[] body = new byte[int.Parse(length?.Split(' ')[1] ?? "0", CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return (lines[0].Replace(" HTTP/1.1", "", StringComparison.Ordinal), Encoding.UTF8.GetString(body));
    }

    private string Answer(string line)
    {
        (int status, string code) = (200, "");
        if (Failures > 0)
        {
            Failures--;
            status = 503;
        }
        else if (line == "PUT /config" && Refusal is { } refusal)
        {
            Refusal = null;
            (status, code) = refusal;
        }
        else if (line == "PUT /config")
        {
            Version = "one";
        }
        string body = $"{{\"version\":\"{Version}\",\"code\":\"{code}\",\"findings\":[{Findings}]}}";
        return string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} -\r\n")
            + $"Serval-Version: {Version}\r\n"
            + (IsWaiting ? "Serval-Waiting-Certificates: 1\r\n" : "")
            + string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n{body}");
    }
}
