using Serval.Config.Compiling;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// Decides what the head says that goes downstream: what the upstream said, framed anew. How it is written
/// is the encoder's.
/// </summary>
internal static class ResponseHeadWriter
{
    /// <summary>
    /// Writes the head of a final response or of a 101. The body has to be framed as
    /// <see cref="ResponseFields.DownstreamBody"/> says.
    /// </summary>
    /// <param name="encoder">Writes it.</param>
    /// <param name="text">What <paramref name="head"/> was read from.</param>
    /// <param name="head">What the upstream said.</param>
    /// <param name="snapshot">Of the filters; not looked at if they have no edits.</param>
    /// <param name="ruleFilters">The rule's.</param>
    /// <param name="backendFilters">The backend's.</param>
    /// <param name="cors">The CORS headers of the rule, if it has a policy.</param>
    /// <param name="requestId">What the exchange is known by; replaces what the upstream calls it.</param>
    /// <param name="date">The time as an IMF-fixdate (29 bytes); empty writes no Date.</param>
    public static void Write<TEncoder>(
        ref TEncoder encoder,
        ReadOnlySpan<byte> text,
        ResponseFields head,
        CompiledSnapshot snapshot,
        in CompiledFilters ruleFilters,
        in CompiledFilters backendFilters,
        scoped in CorsLines cors,
        scoped in RequestId requestId,
        ReadOnlySpan<byte> date)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        EditSequence edits = new(
            snapshot, ruleFilters.ResponseEdits, backendFilters.ResponseEdits, cors.IsPresent);
        if (requestId.IsPresent)
            head.DropRequestIds();
        encoder.Status(head.StatusRange.Of(text), head.Reason.Of(text));
        HeaderRuns.Write(ref encoder, text, head.Lines, edits);
        if (!edits.IsEmpty)
            edits.Write(ref encoder);
        cors.Write(ref encoder);
        // RFC 9110 §6.6.1: a recipient with a clock adds the Date that is missing.
        if (!head.HasDate && !date.IsEmpty && edits.Keeps("Date"u8))
            encoder.Line("Date: "u8, date);
        if (requestId.IsPresent && edits.Keeps("X-Request-Id"u8))
            requestId.Write(ref encoder);
        encoder.FrameResponse(text, head);
        encoder.End();
    }

    /// <summary>
    /// Writes an interim response (1xx). Filters are for the final one. Never for a downstream of HTTP/1.0,
    /// which knows none (RFC 9110 §15.2).
    /// </summary>
    public static void WriteInterim<TEncoder>(
        ref TEncoder encoder, ReadOnlySpan<byte> text, ResponseFields head)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        encoder.Status(head.StatusRange.Of(text), head.Reason.Of(text));
        HeaderRuns.Write(ref encoder, text, head.Lines, default);
        encoder.End();
    }
}
