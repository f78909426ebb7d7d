using System.Globalization;
using System.Net;

namespace Serval.Control.Admitting;

/// <summary>Says why a text is not a hostname, and which hostname was probably meant.</summary>
internal static class HostnameFault
{
    private const int ShownMax = 253;

    /// <summary>The sentence for a field that takes a hostname, with or without a wildcard.</summary>
    public static string Describe(string text, bool takesWildcard)
    {
        string shown = text.Length > ShownMax ? "This" : $"'{text}'";
        if (IPAddress.TryParse(text, out _))
            return $"{shown} is an IP address; a hostname is a DNS name.";
        string rule = takesWildcard
            ? "a hostname is a lower-case DNS name, which may begin with '*.'"
            : "a hostname here is a lower-case DNS name without a wildcard";
        string? meant = FindMeant(text, takesWildcard);
        return $"{shown} is not a hostname: {rule}.{(meant is null ? "" : $" Did you mean '{meant}'?")}";
    }

    // Without what people copy along from a URL, and in the form that DNS and TLS carry (RFC 5891).
    private static string? FindMeant(string text, bool takesWildcard)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string host = scheme < 0 ? text : text[(scheme + 3)..];
        host = host.Split('/')[0];
        int colon = host.LastIndexOf(':');
        if (colon > 0 && host.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0)
            host = host[..colon];
        if (host.EndsWith('.'))
            host = host[..^1];
        try
        {
            host = host.StartsWith("*.", StringComparison.Ordinal)
                ? $"*.{ToAscii(host[2..])}"
                : ToAscii(host);
        }
        catch (ArgumentException)
        {
            return null;
        }
        bool isValid = takesWildcard ? Names.IsHostname(host) : Names.IsPreciseHostname(host);
        return isValid && host != text ? host : null;
    }

    private static string ToAscii(string host) => new IdnMapping().GetAscii(host).ToLowerInvariant();
}
