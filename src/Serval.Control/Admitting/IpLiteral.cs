using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Serval.Control.Admitting;

/// <summary>IP addresses in their usual spelling, without zone, short forms or octal.</summary>
internal static class IpLiteral
{
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (!IPAddress.TryParse(text, out address) || text.Contains('%', StringComparison.Ordinal))
            return false;
        // IPAddress also reads "1", "0x7f.1" and "010.0.0.1" as IPv4, and "[::1]" as IPv6.
        return address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString() == text
            : !text.Contains('[', StringComparison.Ordinal);
    }
}
