using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serval.Control.Acme;

/// <summary>
/// Answers challenges (RFC 8555 §8.3) on a port of the loopback, where a route of this process leads. It
/// knows tokens that wait for an answer and nothing else.
/// </summary>
/// <remarks>
/// Owner: the certificates. Thread: any. Bounds: <see cref="AcmeLimits.AnswersAtOnce"/> and what follows.
/// </remarks>
internal sealed class ChallengeServer : IAsyncDisposable
{
    /// <summary>The path before the token.</summary>
    public const string Path = "/.well-known/acme-challenge/";

    private readonly ConcurrentDictionary<string, string> _answers = new(StringComparer.Ordinal);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SemaphoreSlim _room = new(AcmeLimits.AnswersAtOnce);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public ChallengeServer()
    {
        _listener.Start();
        _running = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Answers a token.</summary>
    public void Put(string token, string answer) => _answers[token] = answer;

    /// <summary>Answers a token no more.</summary>
    public void Remove(string token) => _answers.TryRemove(token, out _);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running;
        _stop.Dispose();
        _room.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            bool isTaken = false;
            try
            {
                await _room.WaitAsync(_stop.Token);
                isTaken = true;
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                isTaken = false; // AnswerAsync gives the place back
                _ = AnswerAsync(client);
            }
            catch (Exception fault) when (
                fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The next one, or the end. Without descriptors a pause keeps this from spinning.
                if (isTaken)
                    _room.Release();
                await Task.Delay(AcmeLimits.AcceptPauseMs, _stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task AnswerAsync(Socket client)
    {
        try
        {
            using CancellationTokenSource limit =
                CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(AcmeLimits.RequestMs);
            using NetworkStream stream = new(client, ownsSocket: true);
            string? answer = Find(await ReadHeadAsync(stream, limit.Token));
            byte[] body = Encoding.ASCII.GetBytes(answer ?? "no such token\n");
            string head = $"HTTP/1.1 {(answer is null ? "404 Not Found" : "200 OK")}\r\nContent-Type: "
                + $"application/octet-stream\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), limit.Token);
            await stream.WriteAsync(body, limit.Token);
        }
        catch (Exception fault) when (
            fault is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Who does not ask properly is not answered.
        }
        finally
        {
            if (!_stop.IsCancellationRequested)
                _room.Release();
        }
    }

    private string? Find(string head)
    {
        string[] words = head.Split(' ', 3);
        return words is ["GET", { } path, ..] && path.StartsWith(Path, StringComparison.Ordinal)
            ? _answers.GetValueOrDefault(path[Path.Length..])
            : null;
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken stop)
    {
        byte[] buffer = new byte[AcmeLimits.RequestBytesMax];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), stop);
            if (read == 0)
                break;
            length += read;
            string head = Encoding.Latin1.GetString(buffer, 0, length);
            if (head.Contains("\r\n\r\n", StringComparison.Ordinal))
                return head;
        }
        return "";
    }
}
