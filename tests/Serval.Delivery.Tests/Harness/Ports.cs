using System.Net;
using System.Net.Sockets;

namespace Serval.Delivery.Tests.Harness;

/// <summary>Ports that must be written down before they are opened.</summary>
internal static class Ports
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A port of loopback that nothing listens on, and that was not given away before.</summary>
    public static int Free()
    {
        lock (Gate)
        {
            while (true)
            {
                using TcpListener probe = new(IPAddress.Loopback, 0);
                probe.Start();
                int port = ((IPEndPoint)probe.LocalEndpoint).Port;
                if (Given.Add(port))
                    return port;
            }
        }
    }
}
