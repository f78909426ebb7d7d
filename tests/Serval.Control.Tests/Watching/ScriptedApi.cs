using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serval.Control.Tests.Watching;

/// <summary>An API server that says what a test wants, request by request, as slowly as it is read.</summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, (int Status, IEnumerable<string> Body)> _answer;
    private readonly Task _serving;

    /// <summary>With an answer to each target.</summary>
    public ScriptedApi(Func<string, (int Status, IEnumerable<string> Body)> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where it is.</summary>
    public string Address => $"http://{_listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            await using NetworkStream stream = client.GetStream();
            using StreamReader head = new(stream, Encoding.ASCII, leaveOpen: true);
            try
            {
                string target = (await head.ReadLineAsync(_stop.Token))!.Split(' ')[1];
                while (await head.ReadLineAsync(_stop.Token) is { Length: > 0 })
                {
                }
                (int status, IEnumerable<string> body) = _answer(target);
                await using StreamWriter answer = new(stream, new UTF8Encoding(false), 65_536);
                await answer.WriteAsync(
                    $"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n");
                foreach (string part in body)
                    await answer.WriteAsync(part);
            }
            catch (IOException)
            {
                // Whoever asked has heard enough.
            }
        }
    }
}
