using System.Buffers.Text;
using System.Text;
using Serval.Config.Compiling;

namespace Serval.DataPlane.Filtering;

/// <summary>Compares origins of requests with those that a policy allows.</summary>
internal static class OriginMatch
{
    /// <summary>
    /// Whether one of the patterns fits <c>scheme://host</c> with or without a port. Case does not count, and
    /// the scheme's own port is the same as none.
    /// </summary>
    public static bool IsAny(CompiledSnapshot snapshot, Slice patterns, ReadOnlySpan<byte> origin)
    {
        if (!TrySplit(origin, out bool isHttps, out ReadOnlySpan<byte> host, out int port)) return false;
        foreach (ref readonly CompiledOrigin pattern in snapshot.Origins(patterns))
        {
            if (pattern.IsHttps == isHttps && pattern.Port == port && Fits(snapshot, in pattern, host))
                return true;
        }

        return false;
    }

    private static bool Fits(CompiledSnapshot snapshot, in CompiledOrigin pattern, ReadOnlySpan<byte> host)
    {
        ReadOnlySpan<byte> wanted = snapshot.Bytes(pattern.Host);
        if (!pattern.IsWildcard) return Ascii.EqualsIgnoreCase(host, wanted);
        return host.Length > wanted.Length && Ascii.EqualsIgnoreCase(host[^wanted.Length..], wanted);
    }

    private static bool TrySplit(
        ReadOnlySpan<byte> origin, out bool isHttps, out ReadOnlySpan<byte> host, out int port)
    {
        ReadOnlySpan<byte> http = "http://"u8;
        ReadOnlySpan<byte> https = "https://"u8;
        host = default;
        isHttps = origin.Length > https.Length && Ascii.EqualsIgnoreCase(origin[..https.Length], https);
        bool isHttp = origin.Length > http.Length && Ascii.EqualsIgnoreCase(origin[..http.Length], http);
        port = isHttps ? 443 : 80;
        if (!isHttps && !isHttp) return false;
        host = origin[(isHttps ? https.Length : http.Length)..];
        int colon = host.LastIndexOf((byte)':');
        // The colons of an IPv6 address are in brackets.
        if (colon >= 0 && host[^1] != (byte)']')
        {
            ReadOnlySpan<byte> digits = host[(colon + 1)..];
            host = host[..colon];
            bool isPort = !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                & Utf8Parser.TryParse(digits, out ushort number, out _);
            if (!isPort) return false;
            port = number;
        }

        // What is no part of a host must not slip under a wildcard.
        return !host.IsEmpty && host.IndexOfAny("/?#@\\"u8) < 0;
    }
}
