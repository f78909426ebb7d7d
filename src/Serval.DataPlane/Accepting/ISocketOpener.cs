using System.Net;

namespace Serval.DataPlane.Accepting;

/// <summary>
/// Where listening sockets come from: the machine (<see cref="MachineSockets"/>), or a simulated network.
/// </summary>
internal interface ISocketOpener
{
    /// <summary>0 when nobody listens on an address, else a negative errno.</summary>
    int Probe(IPEndPoint endpoint);

    /// <summary>Opens a socket; its descriptor, or a negative errno.</summary>
    int Open(IPEndPoint endpoint);

    /// <summary>Closes a socket that no worker was told of.</summary>
    void Close(int descriptor);
}
