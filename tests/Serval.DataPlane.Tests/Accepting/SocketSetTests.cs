using System.Net;
using System.Net.Sockets;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Tests.Accepting;

public sealed class SocketSetTests
{
    // A worker that is busy closes its socket a moment later. The listener that comes back meanwhile must not
    // take that socket for a stranger's.
    [Fact]
    public void A_socket_of_ours_that_is_yet_to_be_closed_is_in_nobodys_way()
    {
        SocketSet sockets = new(new MachineSockets());
        SocketKey key = new("127.0.0.1", FreePort());
        int closed = 0;
        Assert.Null(sockets.TryOpen(key, 2, _ => closed, out int[] first));
        int id = sockets.Reserve(key, _ => closed);
        sockets.MarkAdded(id);
        sockets.Remove(key);

        Assert.Null(sockets.TryOpen(key, 2, _ => closed, out int[] second));
        int other = sockets.Reserve(key, _ => closed);
        Assert.NotEqual(id, other);
        sockets.MarkAdded(other);
        sockets.Remove(key);
        Array.ForEach([.. first, .. second], Listening.Close);
        closed = 1;
        Assert.Equal(id, sockets.Reserve(key, _ => closed));
    }

    [Fact]
    public void A_strangers_port_is_refused()
    {
        using Socket stranger = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        stranger.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        stranger.Listen();
        SocketKey key = new("127.0.0.1", ((IPEndPoint)stranger.LocalEndPoint!).Port);
        string? failure = new SocketSet(new MachineSockets()).TryOpen(key, 2, _ => 0, out _);
        Assert.StartsWith("EADDRINUSE", failure, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
