using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// A response's head as HTTP/1 writes it, parsed by the letter of RFC 9112. Serval rejects responses that two
/// clients could read differently, with a 502 to the downstream. Owner: one worker, which parses every
/// response with the same instance. Bound: <see cref="HeaderLimits"/>.
/// </summary>
internal sealed partial class ResponseHead : ResponseFields
{
    private readonly HeaderLimits _limits;
    private readonly HeaderTable _headers;
    private readonly ConnectionOptions _connection = new();
    private BodyFraming _framing;

    public ResponseHead(HeaderLimits limits)
        : base(limits)
    {
        _limits = limits;
        _headers = new HeaderTable(Lines);
    }

    /// <summary>Bytes of the head, its closing empty line included.</summary>
    public int Length => _headers.End;

    /// <summary>0 for HTTP/1.0, 1 for HTTP/1.1.</summary>
    public int HttpMinor { get; private set; }

    /// <summary>
    /// Whether the upstream connection can carry another exchange once the body has been read.
    /// </summary>
    public bool KeepsAlive =>
        !_connection.HasClose && (HttpMinor == 1 || _connection.HasKeepAlive)
        && Body != BodyKind.UntilClose && !IsSwitch && !ClaimsForbiddenBody;

    /// <summary>As <see cref="RequestHead.Parse(ReadOnlySpan{byte}, ref int)"/>, for a response.</summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, MethodKind method, bool isUpgrade, ref int scanned)
    {
        if (scanned > 0 && !HeadEnd.TryFind(input, ref scanned))
            return input.Length < _limits.BytesMax ? ParseStatus.Incomplete : Reject(Rejection.HeadTooLarge);
        ParseStatus status = Parse(input, method, isUpgrade);
        scanned = status == ParseStatus.Incomplete ? input.Length : 0;
        return status;
    }

    /// <summary>
    /// Parses a head from the start of the input. <paramref name="method"/> and <paramref name="isUpgrade"/>
    /// are those of the request that it answers.
    /// </summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, MethodKind method, bool isUpgrade)
    {
        ResetFields();
        _headers.Reset();
        bool isFull = input.Length >= _limits.BytesMax;
        ReadOnlySpan<byte> window = isFull ? input[.._limits.BytesMax] : input;
        ParseStatus status = ParseStatusLine(window, out int headersStart);
        if (status == ParseStatus.Complete)
            status = ParseHeaders(window, headersStart);
        if (status == ParseStatus.Incomplete && isFull)
            return Reject(Rejection.HeadTooLarge);
        if (status != ParseStatus.Complete)
            return status;
        Rejection rejection = Interpret(window, method, isUpgrade);
        return rejection == Rejection.None ? status : Reject(rejection);
    }

    // A 204 has no body, but an upstream that announces one may send it, and it would answer the next
    // request.
    private bool ClaimsForbiddenBody => Status == 204 && (_framing.IsChunked || ContentLength > 0);

    private ParseStatus Reject(Rejection rejection)
    {
        Rejection = rejection;
        return ParseStatus.Rejected;
    }
}
