using System.Collections.Frozen;
using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.Config.Model;

/// <summary>
/// Header names that configurations cannot use in every place, because the data plane treats them by rules of
/// its own. Names are compared without case.
/// </summary>
public static class HeaderNames
{
    private const string ForwardedPrefix = "X-Forwarded-";

    private static readonly FrozenSet<string> Protected = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "Content-Length", "Transfer-Encoding", "Expect", "Connection", "Keep-Alive",
        "Proxy-Connection", "TE", "Trailer", "Upgrade", "HTTP2-Settings", "Max-Forwards");

    private static readonly FrozenSet<string> Claims = FrozenSet.ToFrozenSet(
        SpoofableNames(), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Names that say who asked for what, which clients could invent: dropped from requests, and hidden from
    /// matches. Beside them every name that begins with <c>X-Forwarded-</c>.
    /// </summary>
    public static ImmutableArray<string> Spoofable { get; } = [.. SpoofableNames()];

    /// <summary>
    /// Whether a field frames, routes or belongs to one hop, so that header filters leave it alone.
    /// </summary>
    public static bool IsProtected(string name) => Protected.Contains(name);

    /// <summary>Whether this is the Host field, which filters of requests may set.</summary>
    public static bool IsHost(string name) => name.Equals("Host", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a Host field can have this value: a name or an address, with or without a port.
    /// </summary>
    public static bool IsHostValue(string value) => Syntax.IsAuthority(value);

    /// <summary>Whether a request header of this name is dropped because a client could invent it.</summary>
    public static bool IsSpoofable(string name) => Claims.Contains(name)
        || name.StartsWith(ForwardedPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a name has more than letters, digits and hyphens, so that some servers cannot tell it from
    /// another. Request headers of such names are dropped unless a router's option says otherwise.
    /// </summary>
    public static bool IsAmbiguous(string name) => name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-');

    private static string[] SpoofableNames() =>
    [
        "Akamai-Client-IP", "CF-Connecting-IP", "CF-Connecting-IPv6", "Client-IP", "Fastly-Client-IP",
        "Forwarded", "Proxy", "Proxy-Client-IP", "True-Client-IP", "WL-Proxy-Client-IP",
        "X-Appengine-User-IP",
        "X-Azure-ClientIP", "X-Client-IP", "X-Cluster-Client-IP", "X-Envoy-External-Address",
        "X-HTTP-Host-Override", "X-Original-Forwarded-For", "X-Original-Host", "X-Original-URL", "X-Real-IP",
        "X-Remote-Addr", "X-Remote-IP", "X-Request-Id", "X-Rewrite-URL",
    ];
}
