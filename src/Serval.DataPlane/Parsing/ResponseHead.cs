namespace Serval.DataPlane.Parsing;

/// <summary>
/// A response's head, parsed by the letter of RFC 9112; what has two readings is rejected, which is a 502 to
/// the downstream. Everything is an offset into the input of the last parse. Owner: one worker, which parses
/// every response with the same instance. Bound: <see cref="HeaderLimits"/>.
/// </summary>
internal sealed partial class ResponseHead(HeaderLimits limits)
{
    private readonly HeaderTable _headers = new(limits);
    private readonly ConnectionOptions _connection = new();
    private BodyFraming _framing;

    /// <summary>Bytes of the head, its closing empty line included.</summary>
    public int Length => _headers.End;

    /// <summary>Why the head was refused.</summary>
    public Rejection Rejection { get; private set; }

    /// <summary>The status, 100 to 999.</summary>
    public int Status { get; private set; }

    /// <summary>The reason phrase; often empty.</summary>
    public ByteRange Reason { get; private set; }

    /// <summary>0 for HTTP/1.0, 1 for HTTP/1.1.</summary>
    public int HttpMinor { get; private set; }

    /// <summary>How the end of the body is found.</summary>
    public BodyKind Body { get; private set; }

    /// <summary>
    /// Content-Length; -1 when absent. Without a body (HEAD, 304) it says what a GET would have been
    /// answered.
    /// </summary>
    public long ContentLength => _framing.ContentLength;

    /// <summary>Whether another response to the same request follows (1xx, except 101).</summary>
    public bool IsInterim => Status is >= 100 and < 200 && !IsSwitch;

    /// <summary>Whether the connection changes to another protocol after this head (101).</summary>
    public bool IsSwitch => Status == 101;

    /// <summary>The protocol of a 101; empty otherwise.</summary>
    public ByteRange UpgradeRange { get; private set; }

    /// <summary>
    /// Whether the upstream connection can carry another exchange once the body has been read.
    /// </summary>
    public bool KeepsAlive =>
        !_connection.HasClose && (HttpMinor == 1 || _connection.HasKeepAlive)
        && Body != BodyKind.UntilClose && !IsSwitch && !ClaimsForbiddenBody;

    /// <summary>Whether there is a Date line, which then goes on as it is.</summary>
    public bool HasDate { get; private set; }

    /// <summary>
    /// Whether white space stood before a colon, which does not go on (RFC 9112 §5.1): lines are not copied.
    /// </summary>
    public bool IsRespelled => _headers.IsRespelled;

    /// <summary>How many header lines there are.</summary>
    public int Count => _headers.Count;

    /// <summary>The header lines in the order of arrival.</summary>
    public ReadOnlySpan<HeaderField> Fields => _headers.Fields;

    /// <summary>A header line.</summary>
    public ref readonly HeaderField this[int index] => ref _headers.Fields[index];

    /// <summary>
    /// How the body is framed for a downstream of version 1.<paramref name="downstreamMinor"/>: HTTP/1.0
    /// knows no chunks, and HTTP/1.1 is spared the close.
    /// </summary>
    public BodyKind DownstreamBody(int downstreamMinor)
    {
        if (Body is BodyKind.None or BodyKind.Length)
            return Body;
        return downstreamMinor == 0 ? BodyKind.UntilClose : BodyKind.Chunked;
    }

    /// <summary>As <see cref="RequestHead.Parse(ReadOnlySpan{byte}, ref int)"/>, for a response.</summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, MethodKind method, bool isUpgrade, ref int scanned)
    {
        if (scanned > 0 && !HeadEnd.TryFind(input, ref scanned))
            return input.Length < limits.BytesMax ? ParseStatus.Incomplete : Reject(Rejection.HeadTooLarge);
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
        Reset();
        bool isFull = input.Length >= limits.BytesMax;
        ReadOnlySpan<byte> window = isFull ? input[..limits.BytesMax] : input;
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

    private void Reset()
    {
        Rejection = Rejection.None;
        Status = 0;
        Reason = default;
        Body = BodyKind.None;
        UpgradeRange = default;
        HasDate = false;
        _headers.Reset();
    }

    private ParseStatus Reject(Rejection rejection)
    {
        Rejection = rejection;
        return ParseStatus.Rejected;
    }
}
