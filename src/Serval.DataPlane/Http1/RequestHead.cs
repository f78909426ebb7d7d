using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// A request's head as HTTP/1 writes it: request line and header lines, parsed by the letter of RFC 9112.
/// Serval rejects requests that two servers could read differently. Owner: one worker, which parses every
/// request with the same instance. Bound: <see cref="HeaderLimits"/>.
/// </summary>
internal sealed partial class RequestHead : RequestFields
{
    private readonly HeaderLimits _limits;
    private readonly RequestPolicy _policy;
    private readonly HeaderTable _headers;
    private readonly ConnectionOptions _connection = new();
    private BodyFraming _framing;

    public RequestHead(HeaderLimits limits, RequestPolicy policy)
        : base(limits)
    {
        _limits = limits;
        _policy = policy;
        _headers = new HeaderTable(Lines);
    }

    /// <summary>Bytes of the head, skipped empty lines and the closing one included.</summary>
    public int Length => _headers.End;

    /// <summary>0 for HTTP/1.0, 1 for HTTP/1.1.</summary>
    public int HttpMinor => Version == HttpVersion.Http10 ? 0 : 1;

    /// <summary>Whether the body is chunked.</summary>
    public bool IsChunked => Body == BodyKind.Chunked;

    /// <summary>Whether the downstream wants the connection kept after this exchange.</summary>
    public bool KeepsAlive => !_connection.HasClose && (HttpMinor == 1 || _connection.HasKeepAlive);

    /// <summary>
    /// Parses a head that may arrive in many pieces. <paramref name="scanned"/> belongs to the connection: 0
    /// before a head begins, and kept between calls. The first piece is parsed at once, so that nonsense is
    /// refused early; later ones are only scanned for the end of the head, so the whole costs time linear in
    /// its length.
    /// </summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, ref int scanned)
    {
        bool isWhole = scanned == 0 || HeadEnd.TryFind(input, ref scanned);
        if (!isWhole && input.Length < _limits.BytesMax)
            return ParseStatus.Incomplete;

        ParseStatus status = Parse(input);
        scanned = status == ParseStatus.Incomplete ? input.Length : 0;
        return status;
    }

    /// <summary>Parses a head from the start of the input, which may hold more than it.</summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input)
    {
        ResetFields();
        _headers.Reset();
        bool isFull = input.Length >= _limits.BytesMax;
        ReadOnlySpan<byte> window = isFull ? input[.._limits.BytesMax] : input;
        ParseStatus status = ParseLine(window, out int headersStart);
        if (status == ParseStatus.Complete)
            status = ParseHeaders(window, headersStart);
        return status == ParseStatus.Incomplete && isFull ? Reject(Rejection.HeadTooLarge) : status;
    }

    private ParseStatus Reject(Rejection rejection)
    {
        Rejection = rejection;
        return ParseStatus.Rejected;
    }
}
