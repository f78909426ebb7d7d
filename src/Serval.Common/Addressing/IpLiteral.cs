using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Serval.Common.Addressing;

/// <summary>IP addresses as people and Kubernetes write them: no zone, no brackets, no short forms.</summary>
public static class IpLiteral
{
    private const int LengthMax = 45;

    /// <summary>
    /// Reads an address. IPv4 only as four decimal numbers, which IPAddress alone does not ask for: to it
    /// "1", "0x7f.1" and "010.0.0.1" are addresses too. An IPv4-mapped IPv6 address is refused
    /// (RFC 4291 §2.5.5.2): it would be a second name for the same host.
    /// </summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (text is { Length: <= LengthMax } && !text.AsSpan().ContainsAny('%', '[')
            && IPAddress.TryParse(text, out address) && !address.IsIPv4MappedToIPv6
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || IsShortest(address, text)))
            return true;
        address = null;
        return false;
    }

    /// <summary>
    /// Whether the text is the one spelling of its address: dotted decimal, or as RFC 5952 says. Allocates no
    /// text.
    /// </summary>
    public static bool IsCanonical([NotNullWhen(true)] string? text) =>
        TryParse(text, out IPAddress? address) && IsShortest(address, text);

    private static bool IsShortest(IPAddress address, string text)
    {
        Span<char> shortest = stackalloc char[LengthMax];
        return address.TryFormat(shortest, out int length) && shortest[..length].SequenceEqual(text);
    }
}
