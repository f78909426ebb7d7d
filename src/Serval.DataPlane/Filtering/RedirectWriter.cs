using Serval.Config.Compiling;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>Writes redirects (Gateway API HTTPRequestRedirectFilter).</summary>
internal static class RedirectWriter
{
    /// <summary>
    /// Writes a whole response without a body. All of Location comes from the configuration and from parts of
    /// the request that the parser let pass. An empty <paramref name="date"/> writes no Date.
    /// </summary>
    public static void Write<TEncoder>(
        ref TEncoder encoder,
        ReadOnlySpan<byte> input,
        RequestFields head,
        CompiledSnapshot snapshot,
        in CompiledRedirect redirect,
        in CompiledFilters ruleFilters,
        RouteHit hit,
        in ForwardedFacts forwarded,
        scoped in CorsLines cors,
        ReadOnlySpan<byte> date)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        EditSequence edits = new(snapshot, ruleFilters.ResponseEdits, default, cors.IsPresent);
        ReadOnlySpan<byte> status = StatusTexts.Of(redirect.Status);
        encoder.Status(status[..StatusTexts.CodeBytes], status[(StatusTexts.CodeBytes + 1)..]);
        if (!date.IsEmpty && edits.Keeps("Date"u8))
            encoder.Line("Date: "u8, date);
        if (edits.Keeps("Location"u8))
        {
            encoder.BeginLine("Location: "u8);
            AddOrigin(ref encoder, input, head, snapshot, redirect, forwarded);
            AddTarget(ref encoder, input, head, snapshot, redirect, hit.MatchedPrefixLength);
            encoder.EndLine();
        }

        edits.Write(ref encoder);
        if (edits.Keeps("X-Request-Id"u8))
            forwarded.RequestId.Write(ref encoder);
        cors.Write(ref encoder);
        encoder.Line("Content-Length: "u8, 0);
        encoder.HopAnswer();
        encoder.End();
    }

    private static void AddOrigin<TEncoder>(
        ref TEncoder encoder,
        ReadOnlySpan<byte> input,
        RequestFields head,
        CompiledSnapshot snapshot,
        in CompiledRedirect redirect,
        scoped in ForwardedFacts forwarded)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        ReadOnlySpan<byte> host =
            redirect.Hostname.Count > 0 ? snapshot.Bytes(redirect.Hostname) : head.Host.Of(input);
        // Only HTTP/1.0 knows no host, and then a location without one is all that can be said.
        if (host.IsEmpty)
            return;
        bool hasScheme = redirect.Scheme.Count > 0;
        bool isHttps = hasScheme ? redirect.Scheme.Count == "https".Length : forwarded.IsHttps;
        encoder.Add(isHttps ? "https://"u8 : "http://"u8);
        encoder.Add(host);

        // No port given: the scheme's own, or without a scheme the listener's. The scheme's own is not
        // written.
        int usual = isHttps ? 443 : 80;
        int port = redirect.Port;
        if (port == 0)
            port = hasScheme ? usual : forwarded.ListenerPort;
        if (port == usual)
            return;
        encoder.Add(":"u8);
        encoder.AddNumber(port);
    }

    private static void AddTarget<TEncoder>(
        ref TEncoder encoder,
        ReadOnlySpan<byte> input,
        RequestFields head,
        CompiledSnapshot snapshot,
        in CompiledRedirect redirect,
        int prefixLength)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        ReadOnlySpan<byte> path = head.Path(input);
        if (path[0] != '/')
            path = "/"u8;
        // Without a host before it, "//x" would name one.
        bool isRelative = redirect.Hostname.Count == 0 && head.Host.IsEmpty;
        while (isRelative && path.StartsWith("//"u8))
            path = path[1..];
        PathChanges.Write(ref encoder, snapshot, redirect.Path, path, prefixLength);
        if (!head.HasQuery)
            return;
        encoder.Add("?"u8);
        encoder.Add(head.QueryRange.Of(input));
    }
}
