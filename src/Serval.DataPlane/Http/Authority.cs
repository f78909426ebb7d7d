using System.Net;

namespace Serval.DataPlane.Http;

/// <summary>Reads <c>host[:port]</c> (RFC 9110 §7.2), strictly.</summary>
internal static class Authority
{
    /// <summary>
    /// Whether <paramref name="text"/> is a host with an optional port. An IPv6 literal keeps its brackets;
    /// the port is 0 when there is none, or none behind the colon (RFC 3986 §3.2.3: <c>port = *DIGIT</c>).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out int hostLength, out int port)
    {
        port = 0;
        hostLength = text.Length > 0 && text[0] == '[' ? MeasureIpv6(text) : MeasureName(text);
        if (hostLength <= 0)
            return false;
        return hostLength == text.Length || text[hostLength..] is [(byte)':']
            || TryParsePort(text[hostLength..], out port);
    }

    private static int MeasureName(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExcept(Octets.Host);
        int length = end < 0 ? text.Length : end;
        if (length is 0 or > HeaderLimits.HostBytesMax)
            return 0;
        ReadOnlySpan<byte> name = text[..length];
        return name[0] == '.' || name.IndexOf(".."u8) >= 0 ? 0 : length;
    }

    private static int MeasureIpv6(ReadOnlySpan<byte> text)
    {
        int close = text.IndexOf((byte)']');
        if (close is < 3 or > 46)
            return 0;
        ReadOnlySpan<byte> address = text[1..close];
        // The byte class keeps out zone identifiers, the colon an IPv4 address.
        bool hasForm = address.Contains((byte)':') && !address.ContainsAnyExcept(Octets.Ipv6);
        return hasForm && IPAddress.IsValidUtf8(address) ? close + 1 : 0;
    }

    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text[0] != ':' || text.Length is < 2 or > 6)
            return false;
        foreach (byte octet in text[1..])
        {
            uint digit = (uint)(octet - '0');
            if (digit > 9)
                return false;
            port = (port * 10) + (int)digit;
        }

        return port is > 0 and <= ushort.MaxValue;
    }
}
