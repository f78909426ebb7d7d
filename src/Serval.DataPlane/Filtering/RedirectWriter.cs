using Serval.Config.Compiling;
using Serval.DataPlane.Parsing;

namespace Serval.DataPlane.Filtering;

/// <summary>Writes redirects (Gateway API HTTPRequestRedirectFilter).</summary>
internal static class RedirectWriter
{
    /// <summary>
    /// Writes a whole response without a body; returns its bytes, or -1 when they do not fit. All of Location
    /// comes from the configuration and from parts of the request that the parser let pass.
    /// </summary>
    public static int Write(
        Span<byte> output,
        ReadOnlySpan<byte> input,
        RequestHead head,
        CompiledSnapshot snapshot,
        in CompiledRedirect redirect,
        in CompiledFilters ruleFilters,
        RouteHit hit,
        in ForwardedFacts forwarded,
        in DownstreamFacts facts)
    {
        HeadBuffer buffer = new(output);
        EditSequence edits = new(snapshot, ruleFilters.ResponseEdits, default);
        buffer.AddLine("HTTP/1.1 "u8, StatusTexts.Of(redirect.Status));
        if (!facts.Date.IsEmpty && edits.Keeps("Date"u8))
            buffer.AddLine("Date: "u8, facts.Date);
        if (edits.Keeps("Location"u8))
        {
            buffer.Add("Location: "u8);
            AddOrigin(ref buffer, input, head, snapshot, redirect, forwarded);
            AddTarget(ref buffer, input, head, snapshot, redirect, hit.MatchedPrefixLength);
            buffer.Add("\r\n"u8);
        }

        edits.Write(ref buffer);
        buffer.Add("Content-Length: 0\r\n"u8);
        ResponseHeadWriter.AddConnection(ref buffer, facts, facts.KeepsAlive);
        buffer.Add("\r\n"u8);
        return buffer.Result(output.Length);
    }

    private static void AddOrigin(
        ref HeadBuffer buffer,
        ReadOnlySpan<byte> input,
        RequestHead head,
        CompiledSnapshot snapshot,
        in CompiledRedirect redirect,
        scoped in ForwardedFacts forwarded)
    {
        ReadOnlySpan<byte> host =
            redirect.Hostname.Count > 0 ? snapshot.Bytes(redirect.Hostname) : head.Host.Of(input);
        // Only HTTP/1.0 knows no host, and then a location without one is all that can be said.
        if (host.IsEmpty)
            return;
        bool hasScheme = redirect.Scheme.Count > 0;
        bool isHttps = hasScheme ? redirect.Scheme.Count == "https".Length : forwarded.IsHttps;
        buffer.Add(isHttps ? "https://"u8 : "http://"u8);
        buffer.Add(host);

        // No port given: the scheme's own, or without a scheme the listener's. The scheme's own is not
        // written.
        int usual = isHttps ? 443 : 80;
        int port = redirect.Port;
        if (port == 0)
            port = hasScheme ? usual : forwarded.ListenerPort;
        if (port == usual)
            return;
        buffer.Add(":"u8);
        buffer.AddNumber(port);
    }

    private static void AddTarget(
        ref HeadBuffer buffer,
        ReadOnlySpan<byte> input,
        RequestHead head,
        CompiledSnapshot snapshot,
        in CompiledRedirect redirect,
        int prefixLength)
    {
        ReadOnlySpan<byte> path = head.Path(input);
        if (path[0] != '/')
            path = "/"u8;
        // Without a host before it, "//x" would name one.
        bool isRelative = redirect.Hostname.Count == 0 && head.Host.IsEmpty;
        while (isRelative && path.StartsWith("//"u8))
            path = path[1..];
        PathChanges.Write(ref buffer, snapshot, redirect.Path, path, prefixLength);
        if (!head.HasQuery)
            return;
        buffer.Add("?"u8);
        buffer.Add(head.QueryRange.Of(input));
    }
}
