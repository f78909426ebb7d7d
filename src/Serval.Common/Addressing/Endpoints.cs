using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Serval.Common.Addressing;

/// <summary>Reads the addresses and ports that options are given.</summary>
public static class Endpoints
{
    /// <summary>Every address of this machine, IPv4 and IPv6 as far as the kernel has them.</summary>
    public static IPAddress Every => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>
    /// <c>127.0.0.1:80</c>, <c>[::1]:80</c>, <c>localhost:80</c>, <c>:80</c> (all addresses) or <c>80</c>
    /// (loopback).
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? endpoint)
    {
        endpoint = null;
        int colon = text.LastIndexOf(':');
        if (!ushort.TryParse(text.AsSpan(colon + 1), out ushort port))
            return false;
        string host = colon < 0 ? "127.0.0.1" : text[..colon];
        if (host.Length == 0)
            host = "[::]";
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            host = "127.0.0.1";
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!IPAddress.TryParse(isBracketed ? host[1..^1] : host, out IPAddress? address))
            return false;
        // Without brackets the last group of an IPv6 address would be taken for the port.
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !isBracketed)
            return false;
        endpoint = new IPEndPoint(address, port);
        return true;
    }
}
