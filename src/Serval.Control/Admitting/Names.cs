using System.Buffers;
using System.Net;

namespace Serval.Control.Admitting;

/// <summary>The spellings that Kubernetes and HTTP allow for names.</summary>
internal static class Names
{
    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>One DNS label: lower-case letters, digits, inner hyphens, at most 63.</summary>
    public static bool IsLabel(ReadOnlySpan<char> text) => text.Length <= 63 && IsLabelOfAnyLength(text);

    /// <summary>Labels joined by dots, at most 253.</summary>
    public static bool IsSubdomain(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > 253)
            return false;
        foreach (Range label in text.Split('.'))
        {
            if (!IsLabelOfAnyLength(text[label]))
                return false;
        }
        return true;
    }

    /// <summary>A subdomain that is no IP address; the Gateway API takes none as a hostname.</summary>
    public static bool IsPreciseHostname(string text) =>
        IsSubdomain(text) && HasShortLabels(text) && !IPAddress.TryParse(text, out _);

    /// <summary>A precise hostname, or one behind a leading <c>*.</c>.</summary>
    public static bool IsHostname(string text) => text.StartsWith("*.", StringComparison.Ordinal)
        ? text.Length <= 253 && IsSubdomain(text.AsSpan(2)) && HasShortLabels(text.AsSpan(2))
        : IsPreciseHostname(text);

    /// <summary>A header's name.</summary>
    public static bool IsToken(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 256 && text.IndexOfAnyExcept(Token) < 0;

    /// <summary>A header's value: no control but the tab, no blank at either end (RFC 9110 §5.5).</summary>
    public static bool IsHeaderValue(ReadOnlySpan<char> text)
    {
        if (text.Length != text.Trim(" \t").Length)
            return false;
        foreach (char c in text)
        {
            if ((c < ' ' && c != '\t') || c == '\x7f')
                return false;
        }
        return true;
    }

    // RFC 1035 §2.3.4; Kubernetes does not ask, DNS does.
    private static bool HasShortLabels(ReadOnlySpan<char> text)
    {
        foreach (Range label in text.Split('.'))
        {
            if (text[label].Length > 63)
                return false;
        }
        return true;
    }

    private static bool IsLabelOfAnyLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] == '-' || text[^1] == '-')
            return false;
        foreach (char c in text)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
                return false;
        }
        return true;
    }
}
