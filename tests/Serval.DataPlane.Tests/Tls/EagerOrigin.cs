using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>An origin that sends a text to whoever connects, before it is asked, and waits.</summary>
internal sealed class EagerOrigin : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _clients = [];

    public EagerOrigin(string text)
    {
        _listener.Start();
        _ = GreetAsync(Encoding.ASCII.GetBytes(text));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        lock (_clients) _clients.ForEach(client => client.Dispose());
    }

    private async Task GreetAsync(byte[] text)
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync();
                lock (_clients) _clients.Add(client);
                await client.SendAsync(text);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }
}
