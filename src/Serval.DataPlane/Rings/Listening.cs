using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Serval.DataPlane.Rings;

/// <summary>
/// Opens listening sockets: one per worker on the same address, which the kernel spreads clients over.
/// </summary>
internal static unsafe class Listening
{
    /// <summary>
    /// Opens a socket. <paramref name="endpoint"/> of <c>[::]</c> listens to both families. Port 0 takes a
    /// free one. Returns the descriptor, or a negative errno.
    /// </summary>
    /// <param name="endpoint">Where to listen.</param>
    /// <param name="unacknowledgedMs">How long a client may leave bytes unacknowledged.</param>
    public static int Open(IPEndPoint endpoint, int unacknowledgedMs = Limits.UnacknowledgedMsMin)
    {
        SocketAddress address = SocketAddress.From(endpoint);
        int descriptor = LibC.socket(address.Family, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
        if (descriptor < 0) return -Marshal.GetLastPInvokeError();
        bool isDual = endpoint.AddressFamily == AddressFamily.InterNetworkV6 && endpoint.Address.Equals(
            IPAddress.IPv6Any);
        int errno = 0;
        if (!TrySet(descriptor, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, 1)
            || !TrySet(descriptor, LibC.SOL_SOCKET, LibC.SO_REUSEPORT, 1)
            || !TrySetPeerOptions(descriptor, unacknowledgedMs)
            || (address.Family == SocketAddress.FamilyIpv6
                && !TrySet(descriptor, LibC.SOL_IPV6, LibC.IPV6_V6ONLY, isDual ? 0 : 1))
            || LibC.bind(descriptor, (sockaddr*)&address, address.Length) < 0
            || LibC.listen(descriptor, Limits.ListenBacklog) < 0)
        {
            errno = Marshal.GetLastPInvokeError();
        }

        if (errno == 0) return descriptor;
        Close(descriptor);
        return -errno;
    }

    /// <summary>
    /// True when nobody listens on an address. Sockets of our own share a port (SO_REUSEPORT) and would
    /// quietly share it with a stranger of the same user too, so this asks without that option. It only
    /// binds, which a listening socket forbids: were it to listen, a client of that moment would be reset.
    /// </summary>
    public static int Probe(IPEndPoint endpoint)
    {
        SocketAddress address = SocketAddress.From(endpoint);
        int descriptor = LibC.socket(address.Family, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
        if (descriptor < 0) return -Marshal.GetLastPInvokeError();
        bool isDual = endpoint.AddressFamily == AddressFamily.InterNetworkV6 && endpoint.Address.Equals(
            IPAddress.IPv6Any);
        int errno = 0;
        if (!TrySet(descriptor, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, 1)
            || (address.Family == SocketAddress.FamilyIpv6
                && !TrySet(descriptor, LibC.SOL_IPV6, LibC.IPV6_V6ONLY, isDual ? 0 : 1))
            || LibC.bind(descriptor, (sockaddr*)&address, address.Length) < 0)
        {
            errno = Marshal.GetLastPInvokeError();
        }

        Close(descriptor);
        return -errno;
    }

    /// <summary>
    /// Stops listening at once: accepts of a ring that has just ended hold the socket a little longer.
    /// </summary>
    public static void Stop(int descriptor)
    {
        int result = LibC.shutdown(descriptor, LibC.SHUT_RD);
        Invariant.Check(result == 0, "what is stopped listens");
    }

    /// <summary>Closes a descriptor.</summary>
    public static void Close(int descriptor)
    {
        int result = LibC.close(descriptor);
        Invariant.Check(result == 0, "a listening descriptor is closed once");
    }

    // Accepted connections inherit these: a few system calls here instead of a few per connection.
    private static bool TrySetPeerOptions(int descriptor, int unacknowledgedMs)
    {
        foreach ((int level, int name, int value) in PeerOptions.Of(unacknowledgedMs))
        {
            if (!TrySet(descriptor, level, name, value)) return false;
        }

        return true;
    }

    private static bool TrySet(int descriptor, int level, int name, int value) =>
        LibC.setsockopt(descriptor, level, name, &value, sizeof(int)) == 0;
}
