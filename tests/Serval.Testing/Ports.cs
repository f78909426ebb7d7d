using System.Net;
using System.Net.Sockets;

namespace Serval.Testing;

/// <summary>Ports of programs that must be told theirs.</summary>
internal static class Ports
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that nothing listens on, and that this process has not given away before.</summary>
    public static int Free()
    {
        lock (Gate)
        {
            while (true)
            {
                using TcpListener probe = new(IPAddress.IPv6Any, 0);
                probe.Server.DualMode = true;
                probe.Start();
                int port = ((IPEndPoint)probe.LocalEndpoint).Port;
                if (Given.Add(port))
                    return port;
            }
        }
    }
}
