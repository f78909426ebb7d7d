using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Wire;

/// <summary>
/// An upstream that keeps every byte it was sent, request by request, and answers as the test says. It reads
/// framing as naively as a server may: a length, chunks, or nothing.
/// </summary>
internal sealed class RecordingUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly BlockingCollection<(string Bytes, bool IsWhole)> _seen = [];

    public RecordingUpstream()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What is answered to the next requests.</summary>
    public string Reply { get; set; } = "";

    /// <summary>Whether the connection ends behind the reply.</summary>
    public bool IsReplyLast { get; set; }

    /// <summary>
    /// The next thing that came: a request, or what came of it before the connection ended.
    /// </summary>
    public (string Bytes, bool IsWhole) Take() =>
        _seen.TryTake(out (string, bool) seen, Deadline.Limit)
            ? seen
            : throw new TimeoutException("The upstream saw nothing.");

    /// <summary>Whether nothing is left that <see cref="Take"/> did not give.</summary>
    public bool IsAllTaken => _seen.Count == 0;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _seen.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
    }

    private async Task ServeAsync(Socket socket)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        StringBuilder request = new();
        byte[] one = new byte[1];
        try
        {
            while (await stream.ReadAsync(one, _stop.Token) == 1)
            {
                request.Append((char)one[0]);
                if (!IsWhole(request.ToString()))
                    continue;
                _seen.Add((request.ToString(), true));
                request.Clear();
                bool isLast = IsReplyLast;
                await stream.WriteAsync(Encoding.Latin1.GetBytes(Reply), _stop.Token);
                if (isLast)
                    return;
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // The router may close whenever it likes.
        }

        if (request.Length > 0 && !_stop.IsCancellationRequested)
            _seen.Add((request.ToString(), false));
    }

    private static bool IsWhole(string bytes)
    {
        int end = bytes.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        string body = bytes[(end + 4)..];
        string head = bytes[..end];
        if (head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.Ordinal))
            return body.StartsWith("0\r\n", StringComparison.Ordinal)
                ? body.EndsWith("\r\n\r\n", StringComparison.Ordinal)
                : body.Contains("\r\n0\r\n", StringComparison.Ordinal)
                    && body.EndsWith("\r\n\r\n", StringComparison.Ordinal);
        const string field = "\r\nContent-Length: ";
        int at = head.IndexOf(field, StringComparison.Ordinal);
        if (at < 0)
            return true;
        string value = head[(at + field.Length)..].Split("\r\n")[0];
        return body.Length >= int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
