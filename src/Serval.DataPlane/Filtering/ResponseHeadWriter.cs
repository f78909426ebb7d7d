using Serval.Config.Compiling;
using Serval.DataPlane.Parsing;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// Writes the head that goes downstream, always HTTP/1.1: what the upstream said, framed anew.
/// </summary>
internal static class ResponseHeadWriter
{
    /// <summary>
    /// Writes the head of a final response or of a 101; returns its bytes, or -1 when they do not fit. The
    /// body has to be framed as <see cref="ResponseHead.DownstreamBody"/> says.
    /// </summary>
    public static int Write(
        Span<byte> output,
        ReadOnlySpan<byte> input,
        ResponseHead head,
        CompiledSnapshot snapshot,
        in CompiledFilters ruleFilters,
        in CompiledFilters backendFilters,
        in DownstreamFacts facts)
    {
        HeadBuffer buffer = new(output);
        EditSequence edits = new(snapshot, ruleFilters.ResponseEdits, backendFilters.ResponseEdits);
        AddStatusLine(ref buffer, input, head);
        AddFields(ref buffer, input, head, edits);
        if (!edits.IsEmpty)
            edits.Write(ref buffer);
        // RFC 9110 §6.6.1: a recipient with a clock adds the Date that is missing.
        if (!head.HasDate && !facts.Date.IsEmpty && edits.Keeps("Date"u8))
            buffer.AddLine("Date: "u8, facts.Date);
        if (head.IsSwitch)
        {
            buffer.AddLine("Connection: Upgrade\r\nUpgrade: "u8, head.UpgradeRange.Of(input));
        }
        else
        {
            BodyKind body = head.DownstreamBody(facts.HttpMinor);
            AddFraming(ref buffer, head, body);
            AddConnection(ref buffer, facts, facts.KeepsAlive && body != BodyKind.UntilClose);
        }

        buffer.Add("\r\n"u8);
        return buffer.Result(output.Length);
    }

    /// <summary>
    /// Writes an interim response (1xx); returns its bytes, or -1 when they do not fit. Filters are for the
    /// final one. Never for a downstream of HTTP/1.0, which knows none (RFC 9110 §15.2).
    /// </summary>
    public static int WriteInterim(Span<byte> output, ReadOnlySpan<byte> input, ResponseHead head)
    {
        HeadBuffer buffer = new(output);
        AddStatusLine(ref buffer, input, head);
        AddFields(ref buffer, input, head, default);
        buffer.Add("\r\n"u8);
        return buffer.Result(output.Length);
    }

    /// <summary>Says whether the connection is kept, where the version does not say it already.</summary>
    public static void AddConnection(ref HeadBuffer buffer, scoped in DownstreamFacts facts, bool keepsAlive)
    {
        if (!keepsAlive)
            buffer.Add("Connection: close\r\n"u8);
        else if (facts.HttpMinor == 0)
            buffer.Add("Connection: keep-alive\r\n"u8);
    }

    private static void AddStatusLine(ref HeadBuffer buffer, ReadOnlySpan<byte> input, ResponseHead head)
    {
        const int statusStart = 9;
        buffer.Add("HTTP/1.1 "u8);
        buffer.Add(input.Slice(statusStart, 3));
        buffer.AddLine(" "u8, head.Reason.Of(input));
    }

    private static void AddFields(
        ref HeadBuffer buffer, ReadOnlySpan<byte> input, ResponseHead head, scoped in EditSequence edits)
    {
        if (head.IsRespelled)
            HeaderRuns.Respell(ref buffer, input, head.Fields, edits);
        else
            HeaderRuns.Copy(ref buffer, input, head.Fields, head.Length - 2, edits);
    }

    private static void AddFraming(ref HeadBuffer buffer, ResponseHead head, BodyKind body)
    {
        // RFC 9110 §8.6: not in a 204; after HEAD and in a 304 it tells the length of the body left out.
        bool isLengthTold = body == BodyKind.Length || (body == BodyKind.None && head.Status != 204);
        if (body == BodyKind.Chunked)
            buffer.Add("Transfer-Encoding: chunked\r\n"u8);
        else if (isLengthTold && head.ContentLength >= 0)
            buffer.AddLine("Content-Length: "u8, head.ContentLength);
    }
}
