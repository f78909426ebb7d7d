using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>Writes answers to CORS preflights.</summary>
internal static class PreflightWriter
{
    /// <summary>
    /// Writes a whole response, 204 without a body. An empty <paramref name="date"/> writes no Date.
    /// </summary>
    public static void Write<TEncoder>(
        ref TEncoder encoder, scoped in CorsLines lines, scoped in CorsRequest request,
        scoped in RequestId requestId, ReadOnlySpan<byte> date)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        ReadOnlySpan<byte> status = StatusTexts.Of(204);
        encoder.Status(status[..StatusTexts.CodeBytes], status[(StatusTexts.CodeBytes + 1)..]);
        if (!date.IsEmpty)
            encoder.Line("Date: "u8, date);
        lines.WritePreflight(ref encoder, in request);
        requestId.Write(ref encoder);
        encoder.HopAnswer();
        encoder.End();
    }
}
