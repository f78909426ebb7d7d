using System.Net;
using System.Net.Sockets;
using Serval.Bench.Load.Rivals;

namespace Serval.Bench.Load.Sieging;

/// <summary>An endpoint of the proxied service that never answers a request.</summary>
/// <remarks>
/// Owner: <see cref="SiegeVerb"/>. Thread: one of its own, since only the generator's thread is pinned to its
/// turn of the loop. Bound: one connection at a time.
/// </remarks>
internal sealed class BrokenEndpoint : IDisposable
{
    // A queue of this length takes as many connections and one more.
    private const int QueueLength = 1;
    private readonly Socket? _listener;
    private readonly List<Socket> _queued = [];

    public BrokenEndpoint(BrokenEndpointKind kind, int port)
    {
        if (kind == BrokenEndpointKind.Refuses)
        {
            return;
        }

        IPEndPoint place = new(IPAddress.Parse(BenchEndpoints.Broken), port);
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(place);
        if (kind == BrokenEndpointKind.Resets)
        {
            _listener.Listen();
            new Thread(Reset) { IsBackground = true }.Start();
            return;
        }

        _listener.Listen(QueueLength);
        for (int i = 0; i <= QueueLength; i++)
        {
            _queued.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            _queued[i].Connect(place);
        }
    }

    public void Dispose()
    {
        _queued.ForEach(socket => socket.Dispose());
        _listener?.Dispose();
    }

    private void Reset()
    {
        byte[] some = new byte[4096];
        try
        {
            while (true)
            {
                using Socket connection = _listener!.Accept();
                connection.ReceiveTimeout = 1_000;
                connection.Receive(some);
                // Closing without lingering sends a reset.
                connection.LingerState = new LingerOption(true, 0);
            }
        }
        catch (SocketException)
        {
            // The listener was closed: the siege is over.
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
