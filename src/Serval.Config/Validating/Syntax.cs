using System.Buffers;
using System.Globalization;
using System.Text;
using Serval.Common.Addressing;

namespace Serval.Config.Validating;

/// <summary>
/// The forms of names and values. Every question may be asked about null, and the answer then is no.
/// </summary>
internal static class Syntax
{
    private const int Utf8BytesPerCharMax = 3;

    private const string ControlCharacters =
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f"
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"
        + "\u007f";

    private static readonly SearchValues<char> HostLabel =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> Controls = SearchValues.Create(ControlCharacters);

    private static readonly SearchValues<char> NoPath = SearchValues.Create(ControlCharacters + " ?#");

    private static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>What <see cref="IsPath"/> asks for, in words.</summary>
    public const string PathRule =
        "begin with \"/\", use no control, blank, \"?\" or \"#\", at most 1,024 bytes";

    /// <summary>What <see cref="IsFieldValue"/> asks for, in words.</summary>
    public const string FieldValueRule =
        "is not a header value: use no control and no blank at either end, at most 4,096 bytes";

    /// <summary>1 to <paramref name="limit"/> characters, none of them a control.</summary>
    public static bool IsPrintable(string? text, int limit) =>
        text is { Length: > 0 } && text.Length <= limit && !HasControl(text);

    /// <summary>RFC 1123 §2.1, lower case.</summary>
    public static bool IsHostname(string? hostname) =>
        hostname is { Length: > 0 and <= ConfigLimits.HostnameBytes } && IsLabels(hostname);

    /// <summary>A hostname, or one after <c>*.</c>.</summary>
    public static bool IsHostnamePattern(string? hostname) =>
        IsHostname(hostname is ['*', '.', ..] ? hostname[2..] : hostname)
        && hostname!.Length <= ConfigLimits.HostnameBytes;

    /// <summary>
    /// A hostname in any case, an IPv4 address or an IPv6 address in brackets, with or without a port
    /// (RFC 9110 §7.2).
    /// </summary>
    public static bool IsAuthority(string? authority)
    {
        if (authority is null)
            return false;
        int colon = authority.LastIndexOf(':');
        if (authority is not [.., ']'] && colon >= 0)
        {
            if (!IsPort(authority.AsSpan(colon + 1)))
                return false;
            authority = authority[..colon];
        }

        return authority is ['[', .. string address, ']']
            ? IpLiteral.IsCanonical(address) && address.Contains(':', StringComparison.Ordinal)
            : IsHostname(authority.ToLowerInvariant());
    }

    /// <summary>A token (RFC 9110 §5.6.2).</summary>
    public static bool IsToken(string? text, int limit) =>
        text is { Length: > 0 } && text.Length <= limit && !text.AsSpan().ContainsAnyExcept(Token);

    /// <summary>A field value (RFC 9110 §5.5): no control but the tab, and no blank at either end.</summary>
    public static bool IsFieldValue(string? value)
    {
        if (value is null || !IsWithin(value, ConfigLimits.ValueBytes))
            return false;
        if (value is [' ' or '\t', ..] or [.., ' ' or '\t'])
            return false;
        foreach (char c in value)
        {
            if (c != '\t' && IsControl(c))
                return false;
        }

        return true;
    }

    /// <summary>
    /// Begins with a slash; no controls, blanks, <c>?</c> or <c>#</c>, which no path of a request contains.
    /// </summary>
    public static bool IsPath(string? path) =>
        path is ['/', ..]
        && IsWithin(path, ConfigLimits.PathBytes)
        && !path.AsSpan().ContainsAny(NoPath);

    /// <summary>True when a control character occurs.</summary>
    public static bool HasControl(string text) => text.AsSpan().ContainsAny(Controls);

    /// <summary>True when the text has at most so many bytes in UTF-8.</summary>
    public static bool IsWithin(string text, int limit) =>
        text.Length <= limit / Utf8BytesPerCharMax || Encoding.UTF8.GetByteCount(text) <= limit;

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 5 && !text.ContainsAnyExceptInRange('0', '9')
        && int.Parse(text, CultureInfo.InvariantCulture) is >= 1 and <= 65535;

    private static bool IsControl(char c) => c is < ' ' or '\x7f';

    private static bool IsLabels(ReadOnlySpan<char> hostname)
    {
        while (true)
        {
            int dot = hostname.IndexOf('.');
            ReadOnlySpan<char> label = dot < 0 ? hostname : hostname[..dot];
            if (label.Length is 0 or > ConfigLimits.LabelBytes || label is ['-', ..] or [.., '-']
                || label.ContainsAnyExcept(HostLabel))
                return false;
            if (dot < 0)
                return true;
            hostname = hostname[(dot + 1)..];
        }
    }
}
