using Serval.Config.Compiling;
using Serval.DataPlane.Parsing;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// Writes the head that goes upstream, always HTTP/1.1: what was parsed, framed anew, with the rule's and the
/// backend's filters applied and what the upstream is to know of the downstream.
/// </summary>
internal static class RequestHeadWriter
{
    /// <summary>
    /// Writes the head of a complete request; returns its bytes, or -1 when they do not fit.
    /// <paramref name="input"/> is what <paramref name="head"/> was parsed from.
    /// </summary>
    public static int Write(
        Span<byte> output,
        ReadOnlySpan<byte> input,
        RequestHead head,
        CompiledSnapshot snapshot,
        in CompiledRule rule,
        in CompiledFilters backendFilters,
        RouteHit hit,
        in ForwardedFacts facts)
    {
        HeadBuffer buffer = new(output);
        Rewrite(snapshot, rule.Filters, backendFilters, out CompiledPathChange path, out Slice hostname);
        EditSequence edits = new(snapshot, rule.Filters.RequestEdits, backendFilters.RequestEdits);

        AddRequestLine(ref buffer, input, head, snapshot, path, hit.MatchedPrefixLength);
        ReadOnlySpan<byte> host = hostname.Count > 0 ? snapshot.Bytes(hostname) : head.Authority.Of(input);
        buffer.AddLine(" HTTP/1.1\r\nHost: "u8, host);
        HeaderRuns.Copy(ref buffer, input, head.Fields, head.Length - 2, edits);
        if (!edits.IsEmpty)
            edits.Write(ref buffer);
        AddFraming(ref buffer, head);
        AddConnection(ref buffer, input, head);
        AddFacts(ref buffer, input, head, edits, facts);
        buffer.Add("\r\n"u8);
        return buffer.Result(output.Length);
    }

    // The backend's filters come after the rule's, so theirs is the last word on what they change.
    private static void Rewrite(
        CompiledSnapshot snapshot,
        in CompiledFilters rule,
        in CompiledFilters backend,
        out CompiledPathChange path,
        out Slice hostname)
    {
        path = default;
        hostname = default;
        if (rule.RewriteIndex >= 0)
            Take(snapshot.Rewrite(rule.RewriteIndex), ref path, ref hostname);
        if (backend.RewriteIndex >= 0)
            Take(snapshot.Rewrite(backend.RewriteIndex), ref path, ref hostname);

        static void Take(in CompiledRewrite rewrite, ref CompiledPathChange path, ref Slice hostname)
        {
            if (rewrite.Path.IsPresent)
                path = rewrite.Path;
            if (rewrite.Hostname.Count > 0)
                hostname = rewrite.Hostname;
        }
    }

    private static void AddRequestLine(
        ref HeadBuffer buffer,
        ReadOnlySpan<byte> input,
        RequestHead head,
        CompiledSnapshot snapshot,
        in CompiledPathChange change,
        int prefixLength)
    {
        bool isOriginForm = head.PathRange.Start == head.MethodRange.End + 1;
        if (isOriginForm && !change.IsPresent && !head.IsPathCanonical)
        {
            int end = head.HasQuery ? head.QueryRange.End : head.PathRange.End;
            buffer.Add(input[head.MethodRange.Start..end]);
            return;
        }

        buffer.Add(head.MethodRange.Of(input));
        buffer.Add(" "u8);
        PathChanges.Write(ref buffer, snapshot, change, head.Path(input), prefixLength);
        if (!head.HasQuery)
            return;
        buffer.Add("?"u8);
        buffer.Add(head.QueryRange.Of(input));
    }

    private static void AddFraming(ref HeadBuffer buffer, RequestHead head)
    {
        if (head.IsChunked)
            buffer.Add("Transfer-Encoding: chunked\r\n"u8);
        else if (head.ContentLength >= 0)
            buffer.AddLine("Content-Length: "u8, head.ContentLength);
        if (head.MaxForwards > 0)
            buffer.AddLine("Max-Forwards: "u8, head.MaxForwards - 1);
    }

    // RFC 9110 §7.6.1: what concerns this connection only is named in Connection.
    private static void AddConnection(ref HeadBuffer buffer, ReadOnlySpan<byte> input, RequestHead head)
    {
        if (head.IsUpgrade)
        {
            buffer.Add(head.AcceptsTrailers ? "Connection: Upgrade, TE\r\n"u8 : "Connection: Upgrade\r\n"u8);
            buffer.AddLine("Upgrade: "u8, head.UpgradeRange.Of(input));
        }
        else if (head.AcceptsTrailers)
        {
            buffer.Add("Connection: TE\r\n"u8);
        }

        if (head.AcceptsTrailers)
            buffer.Add("TE: trailers\r\n"u8);
    }

    private static void AddFacts(
        ref HeadBuffer buffer,
        ReadOnlySpan<byte> input,
        RequestHead head,
        scoped in EditSequence edits,
        scoped in ForwardedFacts facts)
    {
        if (edits.Keeps("X-Forwarded-For"u8))
            buffer.AddLine("X-Forwarded-For: "u8, facts.PeerAddress);
        if (edits.Keeps("X-Forwarded-Proto"u8))
            buffer.Add(facts.IsHttps ? "X-Forwarded-Proto: https\r\n"u8 : "X-Forwarded-Proto: http\r\n"u8);
        if (edits.Keeps("X-Forwarded-Port"u8))
            buffer.AddLine("X-Forwarded-Port: "u8, facts.ListenerPort);
        if (!head.Authority.IsEmpty && edits.Keeps("X-Forwarded-Host"u8))
            buffer.AddLine("X-Forwarded-Host: "u8, head.Authority.Of(input));
        if (edits.Keeps("X-Request-Id"u8))
        {
            buffer.Add("X-Request-Id: "u8);
            buffer.AddHex(facts.RequestIdHigh);
            buffer.AddHex(facts.RequestIdLow);
            buffer.Add("\r\n"u8);
        }

        // RFC 9110 §7.6.3: a gateway must say which version it received. Earlier lines were copied before.
        if (edits.Keeps("Via"u8))
            buffer.Add(head.HttpMinor == 0 ? "Via: 1.0 serval\r\n"u8 : "Via: 1.1 serval\r\n"u8);
    }
}
