using System.Globalization;

namespace Serval.Config.Validating;

/// <summary>
/// An allowed origin of <see cref="Model.CorsFilter"/>: <c>scheme://host</c> with or without a port. The host
/// may be <c>*</c>, or begin with <c>*.</c>, which stands for one label or more (Gateway API HTTPCORSFilter).
/// </summary>
/// <param name="IsHttps">The scheme: https, else http.</param>
/// <param name="IsWildcard">Whether anything, at least one character, may stand before the host.</param>
/// <param name="Host">Lower case; with its leading dot behind a wildcard, empty for <c>*</c> alone.</param>
/// <param name="Port">The port; that of the scheme where none is written.</param>
public readonly record struct OriginPattern(bool IsHttps, bool IsWildcard, string Host, int Port)
{
    /// <summary>The entry that stands for every origin.</summary>
    public const string Any = "*";

    /// <summary>Reads an entry other than <see cref="Any"/>; false if it is not of the form.</summary>
    public static bool TryParse(string? text, out OriginPattern pattern)
    {
        const string http = "http://";
        const string https = "https://";
        pattern = default;
        if (text is null || text.Length > ConfigLimits.OriginBytes) return false;
        bool isHttps = text.StartsWith(https, StringComparison.Ordinal);
        if (!isHttps && !text.StartsWith(http, StringComparison.Ordinal)) return false;
        string rest = text[(isHttps ? https : http).Length..];
        int port = isHttps ? 443 : 80;
        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && !TryParsePort(rest.AsSpan(colon + 1), out port)) return false;
        string host = (colon < 0 ? rest : rest[..colon]).ToLowerInvariant();
        bool isWildcard = host is "*" or ['*', '.', ..];
        if (isWildcard) host = host[1..];
        pattern = new OriginPattern(isHttps, isWildcard, host, port);
        return host.Length == 0 ? isWildcard : AreLabels(isWildcard ? host.AsSpan(1) : host);
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
        && text.Length <= 5 && port is > 0 and <= 65_535;

    // What the definition of the Gateway API takes: more than RFC 1123 does.
    private static bool AreLabels(ReadOnlySpan<char> host)
    {
        foreach (Range label in host.Split('.'))
        {
            if (host[label].IsEmpty) return false;
            foreach (char c in host[label])
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
            }
        }

        return true;
    }
}
