namespace Serval.DataPlane.Http;

/// <summary>
/// What a response says, whichever version of HTTP carried it: all that filtering and accounting see of it.
/// A codec derives from this and fills it. Everything is an offset into the text that the codec has read.
/// Owner: one worker, which reads every response of a version into the same instance. Bound:
/// <see cref="HeaderLimits"/>.
/// </summary>
internal abstract class ResponseFields(HeaderLimits limits)
{
    /// <summary>Why the response was refused.</summary>
    public Rejection Rejection { get; protected set; }

    /// <summary>The status, 100 to 999.</summary>
    public int Status { get; protected set; }

    /// <summary>The status as three digits of the text.</summary>
    public ByteRange StatusRange { get; protected set; }

    /// <summary>The reason phrase; often empty.</summary>
    public ByteRange Reason { get; protected set; }

    /// <summary>How the end of the body is found.</summary>
    public BodyKind Body { get; protected set; }

    /// <summary>
    /// Content-Length; -1 when absent. Without a body (HEAD, 304) it says what a GET would have been
    /// answered.
    /// </summary>
    public long ContentLength { get; protected set; } = -1;

    /// <summary>Whether another response to the same request follows (1xx, except 101).</summary>
    public bool IsInterim => Status is >= 100 and < 200 && !IsSwitch;

    /// <summary>Whether the connection changes to another protocol after this head (101).</summary>
    public bool IsSwitch => Status == 101;

    /// <summary>The protocol of a 101, and those that a 426 asks for; empty otherwise.</summary>
    public ByteRange UpgradeRange { get; protected set; }

    /// <summary>Whether there is a Date line, which then goes on as it is.</summary>
    public bool HasDate { get; protected set; }

    /// <summary>Whether there is an X-Request-Id line.</summary>
    public bool HasRequestId { get; protected set; }

    /// <summary>Drops the upstream's own X-Request-Id: the client is told the one that is logged.</summary>
    public void DropRequestIds()
    {
        if (!HasRequestId)
            return;
        foreach (ref HeaderField field in Lines.Fields)
        {
            if (field.Known == KnownHeader.XRequestId)
                field.Use = HeaderUse.Rewritten;
        }
    }

    /// <summary>The header lines, and where they lie in the text.</summary>
    public FieldLines Lines { get; } = new(limits.CountMax);

    /// <summary>How many header lines there are.</summary>
    public int Count => Lines.Count;

    /// <summary>The header lines in the order of arrival.</summary>
    public ReadOnlySpan<HeaderField> Fields => Lines.Fields;

    /// <summary>A header line.</summary>
    public ref readonly HeaderField this[int index] => ref Lines.Fields[index];

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

    /// <summary>Forgets everything.</summary>
    protected void ResetFields()
    {
        Rejection = Rejection.None;
        Status = 0;
        StatusRange = default;
        Reason = default;
        Body = BodyKind.None;
        UpgradeRange = default;
        HasDate = false;
        HasRequestId = false;
    }
}
