using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Serval.CommandLine;

/// <summary>Reads the addresses that options are given.</summary>
internal static class Addresses
{
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
        if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && !isBracketed)
            return false;
        endpoint = new IPEndPoint(address, port);
        return true;
    }
}
