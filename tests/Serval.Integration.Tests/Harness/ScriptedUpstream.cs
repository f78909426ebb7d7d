using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serval.Integration.Tests.Harness;

/// <summary>An upstream that does to each connection exactly what a test says, byte for byte.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<NetworkStream, string, CancellationToken, Task> _script;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _connections;

    /// <summary>The script gets each connection and the request head that was read from it.</summary>
    public ScriptedUpstream(Func<NetworkStream, string, CancellationToken, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Answers every request with these bytes and closes.</summary>
    public static ScriptedUpstream Saying(string response) => new((stream, _, stop) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(response), stop).AsTask());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
            Interlocked.Increment(ref _connections);
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        try
        {
            string head = await ReadHeadAsync(stream);
            if (head.Length > 0)
                await _script(stream, head, _stop.Token);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // The router may close whenever it likes; tests look at what the client saw.
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return "";
            head.Append((char)one[0]);
        }
        return head.ToString();
    }
}
