namespace Serval.DataPlane.Filtering;

/// <summary>
/// Responses that Serval gives by itself: a status, a short text, a reason for whoever looks closer.
/// </summary>
internal static class LocalResponse
{
    /// <summary>
    /// Writes a whole response; returns its bytes, or -1 when they do not fit. A status that <see
    /// cref="StatusTexts"/> does not know becomes 500. <paramref name="reason"/>, a label or empty, goes into
    /// X-Serval-Reason. The response to HEAD says how long its body would be.
    /// </summary>
    public static int Write(
        Span<byte> output, int status, ReadOnlySpan<byte> reason, bool isHead, in DownstreamFacts facts)
    {
        ReadOnlySpan<byte> text = StatusTexts.Of(status);
        HeadBuffer buffer = new(output);
        buffer.AddLine("HTTP/1.1 "u8, text);
        if (!facts.Date.IsEmpty)
            buffer.AddLine("Date: "u8, facts.Date);
        buffer.AddLine("Content-Type: text/plain; charset=utf-8\r\nContent-Length: "u8, text.Length + 1);
        // RFC 9110 §15.5.6: required with 405, which CONNECT and TRACE get; 200 is for OPTIONS alone.
        if (status is 405 or 200)
            buffer.Add("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n"u8);
        if (!reason.IsEmpty)
            buffer.AddLine("X-Serval-Reason: "u8, reason);
        ResponseHeadWriter.AddConnection(ref buffer, facts, facts.KeepsAlive);
        buffer.Add("\r\n"u8);
        if (!isHead)
        {
            buffer.Add(text);
            buffer.Add("\n"u8);
        }

        return buffer.Result(output.Length);
    }
}
