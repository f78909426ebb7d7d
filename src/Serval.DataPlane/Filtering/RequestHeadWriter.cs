using Serval.Config.Compiling;
using Serval.DataPlane.Http;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// Decides what the head says that goes upstream: what was parsed, framed anew, with the rule's and the
/// backend's filters applied and what the upstream is to know of the downstream. How it is written is the
/// encoder's.
/// </summary>
internal static class RequestHeadWriter
{
    /// <summary>
    /// Writes the head of a complete request. <paramref name="input"/> is what <paramref name="head"/> was
    /// read from.
    /// </summary>
    public static void Write<TEncoder>(
        ref TEncoder encoder,
        ReadOnlySpan<byte> input,
        RequestFields head,
        CompiledSnapshot snapshot,
        in CompiledRule rule,
        in CompiledFilters backendFilters,
        RouteHit hit,
        in ForwardedFacts facts)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        Rewrite(snapshot, rule.Filters, backendFilters, out CompiledPathChange path, out Slice hostname);
        EditSequence edits = new(snapshot, rule.Filters.RequestEdits, backendFilters.RequestEdits);

        AddTarget(ref encoder, input, head, snapshot, path, hit.MatchedPrefixLength);
        encoder.EndTarget(hostname.Count > 0 ? snapshot.Bytes(hostname) : head.Authority.Of(input));
        HeaderRuns.Write(ref encoder, input, head.Lines, edits);
        if (!edits.IsEmpty)
            edits.Write(ref encoder);
        encoder.FrameRequest(head);
        if (head.MaxForwards > 0)
            encoder.Line("Max-Forwards: "u8, head.MaxForwards - 1);
        encoder.HopRequest(input, head);
        AddFacts(ref encoder, input, head, edits, facts);
        encoder.End();
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

    private static void AddTarget<TEncoder>(
        ref TEncoder encoder,
        ReadOnlySpan<byte> input,
        RequestFields head,
        CompiledSnapshot snapshot,
        in CompiledPathChange change,
        int prefixLength)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        if (!change.IsPresent && encoder.TryCopyTarget(input, head))
            return;
        encoder.BeginTarget(head.MethodRange.Of(input));
        PathChanges.Write(ref encoder, snapshot, change, head.Path(input), prefixLength);
        if (!head.HasQuery)
            return;
        encoder.Add("?"u8);
        encoder.Add(head.QueryRange.Of(input));
    }

    // What clients said under these names was dropped when the request came in.
    private static void AddClient<TEncoder>(
        ref TEncoder encoder, ListenerSecurity security, scoped in ClientFacts client)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        if (security.SubjectHeader.Length > 0 && !client.Subject.IsEmpty)
            encoder.Field(security.SubjectHeader, client.Subject);
        if (security.NamesHeader.Length > 0 && !client.Names.IsEmpty)
            encoder.Field(security.NamesHeader, client.Names);
        if (security.FingerprintHeader.Length > 0 && !client.Fingerprint.IsEmpty)
            encoder.Field(security.FingerprintHeader, client.Fingerprint);
    }

    private static void AddFacts<TEncoder>(
        ref TEncoder encoder,
        ReadOnlySpan<byte> input,
        RequestFields head,
        scoped in EditSequence edits,
        scoped in ForwardedFacts facts)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        if (edits.Keeps("X-Forwarded-For"u8))
        {
            encoder.BeginLine("X-Forwarded-For: "u8);
            if (facts.IsFromProxy)
                ProxyClaims.AddForwardedFor(ref encoder, head.Lines, input);
            encoder.Add(facts.PeerAddress);
            encoder.EndLine();
        }

        if (edits.Keeps("X-Forwarded-Proto"u8))
            encoder.Line("X-Forwarded-Proto: "u8, facts.IsHttps ? "https"u8 : "http"u8);
        ReadOnlySpan<byte> port = default;
        ReadOnlySpan<byte> host = head.Authority.Of(input);
        if (facts.IsFromProxy)
        {
            port = ProxyClaims.Only(head.Lines, input, "x-forwarded-port"u8);
            ReadOnlySpan<byte> asked = ProxyClaims.Only(head.Lines, input, "x-forwarded-host"u8);
            if (!asked.IsEmpty)
                host = asked;
        }

        if (edits.Keeps("X-Forwarded-Port"u8))
        {
            if (port.IsEmpty)
                encoder.Line("X-Forwarded-Port: "u8, facts.ListenerPort);
            else
                encoder.Line("X-Forwarded-Port: "u8, port);
        }

        if (!host.IsEmpty && edits.Keeps("X-Forwarded-Host"u8))
            encoder.Line("X-Forwarded-Host: "u8, host);
        if (edits.Keeps("X-Request-Id"u8))
            facts.RequestId.Write(ref encoder);
        if (head.LacksTrace && edits.Keeps("traceparent"u8))
            TraceParent.Write(ref encoder, facts.TraceIdHigh, facts.TraceIdLow);
        if (facts.Security is not null)
            AddClient(ref encoder, facts.Security, facts.Client);
        // RFC 9110 §7.6.3: a gateway must say which version it received. Earlier lines were copied before.
        if (edits.Keeps("Via"u8))
            encoder.Line("Via: "u8, head.Version == HttpVersion.Http10 ? "1.0 serval"u8 : "1.1 serval"u8);
    }
}
