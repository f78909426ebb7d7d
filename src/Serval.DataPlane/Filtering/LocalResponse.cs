using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// Responses that Serval gives by itself: a status, a short text, a reason for whoever looks closer.
/// </summary>
internal static class LocalResponse
{
    /// <summary>
    /// Writes a whole response. A status that <see cref="StatusTexts"/> does not know becomes 500.
    /// <paramref name="reason"/>, a label or empty, goes into X-Serval-Reason. The response to HEAD says how
    /// long its body would be. <paramref name="cors"/> lets a script of another origin see it. An empty
    /// <paramref name="date"/> writes no Date, no <paramref name="requestId"/> no X-Request-Id.
    /// </summary>
    public static void Write<TEncoder>(
        ref TEncoder encoder, int status, ReadOnlySpan<byte> reason, bool isHead,
        scoped in CorsLines cors, scoped in RequestId requestId, ReadOnlySpan<byte> date)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        ReadOnlySpan<byte> text = StatusTexts.Of(status);
        encoder.Status(text[..StatusTexts.CodeBytes], text[(StatusTexts.CodeBytes + 1)..]);
        if (!date.IsEmpty)
            encoder.Line("Date: "u8, date);
        encoder.Line("Content-Type: "u8, "text/plain; charset=utf-8"u8);
        encoder.Line("Content-Length: "u8, text.Length + 1);
        // RFC 9110 §15.5.6: required with 405, which CONNECT and TRACE get; 200 is for OPTIONS alone.
        if (status is 405 or 200)
            encoder.Line("Allow: "u8, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"u8);
        if (!reason.IsEmpty)
            encoder.Line("X-Serval-Reason: "u8, reason);
        cors.Write(ref encoder);
        requestId.Write(ref encoder);
        encoder.HopAnswer();
        encoder.End();
        if (isHead)
            return;
        encoder.Content(text);
        encoder.Content("\n"u8);
    }
}
