using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// Writes heads as HTTP/1.1 into a span. What does not fit, and all that follows, is left out, and
/// <see cref="Written"/> says so: writers need no check in between.
/// </summary>
/// <param name="output">Where the head goes.</param>
/// <param name="peerMinor">The version of whom a response goes to: 0 for HTTP/1.0, 1 for HTTP/1.1.</param>
/// <param name="keepsAlive">
/// Whether the connection is kept after this response; a body without framing ends it anyway.
/// </param>
internal ref struct Http1Encoder(Span<byte> output, int peerMinor = 1, bool keepsAlive = true) : IHeadEncoder
{
    private readonly int _outputBytes = output.Length;
    private Span<byte> _free = output;
    private bool _isOverrun;

    /// <inheritdoc/>
    public static bool CopiesRuns => true;

    /// <summary>How many bytes were written; -1 when something did not fit.</summary>
    public readonly int Written => _isOverrun ? -1 : _outputBytes - _free.Length;

    /// <inheritdoc/>
    public void BeginTarget(ReadOnlySpan<byte> method)
    {
        Add(method);
        Add(" "u8);
    }

    /// <inheritdoc/>
    public bool TryCopyTarget(ReadOnlySpan<byte> text, RequestFields request)
    {
        bool isOriginForm = request.PathRange.Start == request.MethodRange.End + 1;
        if (!isOriginForm || request.IsPathCanonical)
            return false;
        int end = request.HasQuery ? request.QueryRange.End : request.PathRange.End;
        Add(text[request.MethodRange.Start..end]);
        return true;
    }

    /// <inheritdoc/>
    public void EndTarget(ReadOnlySpan<byte> authority) => Line(" HTTP/1.1\r\nHost: "u8, authority);

    /// <inheritdoc/>
    public void Status(ReadOnlySpan<byte> digits, ReadOnlySpan<byte> reason)
    {
        Add("HTTP/1.1 "u8);
        Add(digits);
        Line(" "u8, reason);
    }

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> lines) => Add(lines);

    /// <inheritdoc/>
    public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Add(name);
        Line(": "u8, value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Line(ReadOnlySpan<byte> start, ReadOnlySpan<byte> value)
    {
        Add(start);
        Add(value);
        Add("\r\n"u8);
    }

    /// <inheritdoc/>
    public void Line(ReadOnlySpan<byte> start, long value)
    {
        Add(start);
        AddNumber(value);
        Add("\r\n"u8);
    }

    /// <inheritdoc/>
    public void BeginLine(ReadOnlySpan<byte> start) => Add(start);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.TryCopyTo(_free))
            _free = _free[bytes.Length..];
        else
            Overrun();
    }

    /// <inheritdoc/>
    public void AddNumber(long value)
    {
        if (Utf8Formatter.TryFormat(value, _free, out int written))
            _free = _free[written..];
        else
            Overrun();
    }

    /// <inheritdoc/>
    // Seven times a request, so all digits at once: each octet is spread over two bytes, half by half.
    public void AddHex(ulong value)
    {
        const int digits = 2 * sizeof(ulong);
        if (_free.Length < digits)
        {
            Overrun();
            return;
        }

        ulong octets = BinaryPrimitives.ReverseEndianness(value);
        Vector128<ushort> spread = Vector128.WidenLower(Vector128.CreateScalar(octets).AsByte());
        Vector128<byte> halves = ((spread >> 4) | (spread << 8)).AsByte() & Vector128.Create((byte)0x0F);
        Vector128.ShuffleNative(Vector128.Create("0123456789abcdef"u8), halves).CopyTo(_free);
        _free = _free[digits..];
    }

    /// <inheritdoc/>
    public void EndLine() => Add("\r\n"u8);

    /// <inheritdoc/>
    public void FrameRequest(RequestFields request)
    {
        if (request.Body == BodyKind.Chunked)
            Add("Transfer-Encoding: chunked\r\n"u8);
        else if (request.ContentLength >= 0)
            Line("Content-Length: "u8, request.ContentLength);
    }

    /// <inheritdoc/>
    // RFC 9110 §7.6.1: what concerns this connection only is named in Connection.
    public void HopRequest(ReadOnlySpan<byte> text, RequestFields request)
    {
        if (request.IsUpgrade)
        {
            Add(request.AcceptsTrailers ? "Connection: Upgrade, TE\r\n"u8 : "Connection: Upgrade\r\n"u8);
            Line("Upgrade: "u8, request.UpgradeRange.Of(text));
        }
        else if (request.AcceptsTrailers)
        {
            Add("Connection: TE\r\n"u8);
        }

        if (request.AcceptsTrailers)
            Add("TE: trailers\r\n"u8);
    }

    /// <inheritdoc/>
    public void FrameResponse(ReadOnlySpan<byte> text, ResponseFields response)
    {
        if (response.IsSwitch)
        {
            Line("Connection: Upgrade\r\nUpgrade: "u8, response.UpgradeRange.Of(text));
            return;
        }

        BodyKind body = response.DownstreamBody(peerMinor);
        // RFC 9110 §8.6: not in a 204; after HEAD and in a 304 it tells the length of the body left out.
        bool isLengthTold = body == BodyKind.Length || (body == BodyKind.None && response.Status != 204);
        if (body == BodyKind.Chunked)
            Add("Transfer-Encoding: chunked\r\n"u8);
        else if (isLengthTold && response.ContentLength >= 0)
            Line("Content-Length: "u8, response.ContentLength);
        // A client of HTTP/1.0 cannot upgrade (RFC 9110 §7.8).
        bool asksForUpgrade = peerMinor > 0 && !response.UpgradeRange.IsEmpty;
        if (asksForUpgrade)
            Line("Upgrade: "u8, response.UpgradeRange.Of(text));
        Persist(keepsAlive && body != BodyKind.UntilClose, asksForUpgrade);
    }

    /// <inheritdoc/>
    public void HopAnswer() => Persist(keepsAlive);

    /// <inheritdoc/>
    public void End() => Add("\r\n"u8);

    /// <inheritdoc/>
    public void Content(ReadOnlySpan<byte> bytes) => Add(bytes);

    // Says whether the connection is kept, where the version does not say it already.
    private void Persist(bool isKept, bool asksForUpgrade = false)
    {
        if (asksForUpgrade)
            Add(isKept ? "Connection: Upgrade\r\n"u8 : "Connection: Upgrade, close\r\n"u8);
        else if (!isKept)
            Add("Connection: close\r\n"u8);
        else if (peerMinor == 0)
            Add("Connection: keep-alive\r\n"u8);
    }

    private void Overrun()
    {
        _free = default;
        _isOverrun = true;
    }
}
