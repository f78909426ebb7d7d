using System.Net;
using System.Net.Sockets;

namespace Serval.Testing;

/// <summary>Ports of programs that must be told theirs.</summary>
internal static class Ports
{
    // Below those that Linux gives away by itself (ip_local_port_range, from 32,768): whoever else asks for
    // any port, or connects, does not get one of these before its program listens on it.
    private const int First = 10_000;
    private const int End = 32_768;
    private static readonly Lock Gate = new();
    private static int _next = Random.Shared.Next(First, End);

    /// <summary>A port that nothing listens on, and that this process has not given away lately.</summary>
    public static int Free()
    {
        lock (Gate)
        {
            while (true)
            {
                int port = _next;
                _next = port + 1 < End ? port + 1 : First;
                if (IsFree(port))
                    return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using TcpListener probe = new(IPAddress.IPv6Any, port);
            probe.Server.DualMode = true;
            probe.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
