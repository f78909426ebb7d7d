using System.Text;

namespace Serval.DataPlane.Http;

/// <summary>Recognises header names, without case, by their length and first letter.</summary>
internal static class KnownHeaders
{
    /// <summary>Which field a name means.</summary>
    public static KnownHeader Identify(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
            return KnownHeader.None;
        int letter = name[0] | 0x20;
        if (letter == 'x')
            return IdentifyExtension(name);
        return (name.Length, letter) switch
        {
            (2, 't') => If(name, "te"u8, KnownHeader.Te),
            (3, 'v') => If(name, "via"u8, KnownHeader.Via),
            (4, 'h') => If(name, "host"u8, KnownHeader.Host),
            (4, 'd') => If(name, "date"u8, KnownHeader.Date),
            (5, 'p') => If(name, "proxy"u8, KnownHeader.Proxy),
            (6, 'e') => If(name, "expect"u8, KnownHeader.Expect),
            (7, 't') => If(name, "trailer"u8, KnownHeader.Trailer),
            (7, 'u') => If(name, "upgrade"u8, KnownHeader.Upgrade),
            (9, 'c') => If(name, "client-ip"u8, KnownHeader.ClientAddress),
            (9, 'f') => If(name, "forwarded"u8, KnownHeader.Forwarded),
            (10, 'c') => If(name, "connection"u8, KnownHeader.Connection),
            (10, 't') => If(name, "tracestate"u8, KnownHeader.TraceState),
            (10, 'k') => If(name, "keep-alive"u8, KnownHeader.KeepAlive),
            (11, 't') => If(name, "traceparent"u8, KnownHeader.TraceParent),
            (12, 'm') => If(name, "max-forwards"u8, KnownHeader.MaxForwards),
            (14, 'c') => If(name, "content-length"u8, KnownHeader.ContentLength),
            (14, 'h') => If(name, "http2-settings"u8, KnownHeader.Http2Settings),
            (14, 't') => If(name, "true-client-ip"u8, KnownHeader.ClientAddress),
            (15, 'p') => If(name, "proxy-client-ip"u8, KnownHeader.ClientAddress),
            (16, 'c') => If(name, "cf-connecting-ip"u8, KnownHeader.ClientAddress),
            (16, 'f') => If(name, "fastly-client-ip"u8, KnownHeader.ClientAddress),
            (16, 'a') => If(name, "akamai-client-ip"u8, KnownHeader.ClientAddress),
            (16, 'p') => If(name, "proxy-connection"u8, KnownHeader.ProxyConnection),
            (17, 't') => If(name, "transfer-encoding"u8, KnownHeader.TransferEncoding),
            (18, 'c') => If(name, "cf-connecting-ipv6"u8, KnownHeader.ClientAddress),
            (18, 'w') => If(name, "wl-proxy-client-ip"u8, KnownHeader.ClientAddress),
            _ => KnownHeader.None,
        };
    }

    /// <summary>
    /// Which field a name with other characters than letters, digits and hyphens stands for where they are
    /// read as hyphens.
    /// </summary>
    public static KnownHeader IdentifyAmbiguous(ReadOnlySpan<byte> name)
    {
        // No field that is told by its whole name is longer.
        Span<byte> plain = stackalloc byte[32];
        int length = Math.Min(name.Length, plain.Length);
        for (int i = 0; i < length; i++)
            plain[i] = Octets.PlainName.Contains(name[i]) ? name[i] : (byte)'-';
        return Identify(plain[..length]);
    }

    /// <summary>
    /// Whether a field concerns one connection only (RFC 9110 §7.6.1), Transfer-Encoding aside.
    /// </summary>
    public static bool IsHopByHop(KnownHeader known) => known
        is KnownHeader.Connection or KnownHeader.KeepAlive or KnownHeader.ProxyConnection or KnownHeader.Te
        or KnownHeader.Upgrade or KnownHeader.Http2Settings;

    /// <summary>
    /// Whether a field states what only a trusted proxy in front may state. Serval writes its own. What
    /// trusted proxies say in some of them is taken up where the head is written:
    /// <see cref="Filtering.ProxyClaims"/>.
    /// </summary>
    public static bool IsUntrusted(KnownHeader known) => known
        is KnownHeader.Forwarded or KnownHeader.XForwarded or KnownHeader.ClientAddress
        or KnownHeader.OriginalTarget or KnownHeader.XRequestId or KnownHeader.Proxy;

    /// <summary>
    /// Whether header edits of a configuration leave a field alone: it routes, frames or belongs to a hop.
    /// The same as <see cref="Config.Model.HeaderNames.IsProtected"/>.
    /// </summary>
    public static bool IsProtectedFromEdits(KnownHeader known) =>
        known is KnownHeader.Host or KnownHeader.ContentLength or KnownHeader.TransferEncoding
            or KnownHeader.Expect or KnownHeader.Trailer or KnownHeader.MaxForwards
        || IsHopByHop(known);

    private static KnownHeader IdentifyExtension(ReadOnlySpan<byte> name)
    {
        if (name.Length >= 12 && Ascii.EqualsIgnoreCase(name[..12], "x-forwarded-"u8))
            return KnownHeader.XForwarded;
        return name.Length switch
        {
            9 => If(name, "x-real-ip"u8, KnownHeader.ClientAddress),
            11 => If(name, "x-client-ip"u8, KnownHeader.ClientAddress)
                | If(name, "x-remote-ip"u8, KnownHeader.ClientAddress),
            12 => If(name, "x-request-id"u8, KnownHeader.XRequestId),
            13 => If(name, "x-remote-addr"u8, KnownHeader.ClientAddress)
                | If(name, "x-rewrite-url"u8, KnownHeader.OriginalTarget),
            14 => If(name, "x-original-url"u8, KnownHeader.OriginalTarget),
            15 => If(name, "x-original-host"u8, KnownHeader.OriginalTarget),
            16 => If(name, "x-azure-clientip"u8, KnownHeader.ClientAddress),
            19 => If(name, "x-cluster-client-ip"u8, KnownHeader.ClientAddress)
                | If(name, "x-appengine-user-ip"u8, KnownHeader.ClientAddress),
            20 => If(name, "x-http-host-override"u8, KnownHeader.OriginalTarget),
            24 => If(name, "x-original-forwarded-for"u8, KnownHeader.ClientAddress)
                | If(name, "x-envoy-external-address"u8, KnownHeader.ClientAddress),
            _ => KnownHeader.None,
        };
    }

    private static KnownHeader If(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, KnownHeader known) =>
        Ascii.EqualsIgnoreCase(name, text) ? known : KnownHeader.None;
}
