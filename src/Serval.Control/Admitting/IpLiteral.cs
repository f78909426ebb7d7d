using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Serval.Control.Admitting;

/// <summary>IP addresses in their usual spelling, without zone, short forms or octal.</summary>
internal static class IpLiteral
{
    /// <summary>The address; IPv4-mapped IPv6 is no address of its own (RFC 4291 §2.5.5.2).</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (!IPAddress.TryParse(text, out address)
            || address.IsIPv4MappedToIPv6
            || text.Contains('%', StringComparison.Ordinal))
            return false;
        // IPAddress also reads "1", "0x7f.1" and "010.0.0.1" as IPv4, and "[::1]" as IPv6.
        return address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString() == text
            : !text.Contains('[', StringComparison.Ordinal);
    }
}
