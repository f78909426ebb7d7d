using System.Text;
using Serval.Config.Model;

namespace Serval.DataPlane.Parsing;

/// <summary>
/// A request's head: request line and header lines, parsed by the letter of RFC 9112. A message that two
/// servers could read differently is rejected. Everything is an offset into the input of the last parse,
/// which the caller hands in again to read it. Owner: one worker, which parses every request with the same
/// instance. Bound: <see cref="HeaderLimits"/>.
/// </summary>
internal sealed partial class RequestHead(HeaderLimits limits, RequestPolicy policy)
{
    private readonly HeaderTable _headers = new(limits);
    private readonly ConnectionOptions _connection = new();
    private readonly CanonicalPath _canonicalPath = new(limits.TargetBytesMax);
    private bool _isPathPlain;
    private BodyFraming _framing;

    /// <summary>Bytes of the head, skipped empty lines and the closing one included.</summary>
    public int Length => _headers.End;

    /// <summary>Why the head was refused.</summary>
    public Rejection Rejection { get; private set; }

    /// <summary>The method, if it is one with a meaning here.</summary>
    public MethodKind MethodKind { get; private set; }

    /// <summary>The method as sent.</summary>
    public ByteRange MethodRange { get; private set; }

    /// <summary>The path as sent; empty when an absolute target has none, see <see cref="Path"/>.</summary>
    public ByteRange PathRange { get; private set; }

    /// <summary>The query without its question mark.</summary>
    public ByteRange QueryRange { get; private set; }

    /// <summary>Whether there is a question mark, be the query empty.</summary>
    public bool HasQuery { get; private set; }

    /// <summary>0 for HTTP/1.0, 1 for HTTP/1.1.</summary>
    public int HttpMinor { get; private set; }

    /// <summary>Host and port that the request is for: those of an absolute target, else Host's.</summary>
    public ByteRange Authority { get; private set; }

    /// <summary><see cref="Authority"/> without the port; an IPv6 literal keeps its brackets.</summary>
    public ByteRange Host { get; private set; }

    /// <summary>The port of <see cref="Authority"/>; 0 when it has none.</summary>
    public int Port { get; private set; }

    /// <summary>Content-Length; -1 when absent.</summary>
    public long ContentLength => _framing.ContentLength;

    /// <summary>Whether the body is chunked.</summary>
    public bool IsChunked => _framing.IsChunked;

    /// <summary>Whether bytes of a body follow the head.</summary>
    public bool HasBody => IsChunked || ContentLength > 0;

    /// <summary>Whether the downstream wants the connection kept after this exchange.</summary>
    public bool KeepsAlive => !_connection.HasClose && (HttpMinor == 1 || _connection.HasKeepAlive);

    /// <summary>Whether the downstream waits for 100 before it sends the body.</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>
    /// Whether the downstream asks for another protocol. The connection changes only once the upstream has
    /// said 101; whatever arrives before is the next request. Never h2c, never on a request with a body.
    /// </summary>
    public bool IsUpgrade => !UpgradeRange.IsEmpty;

    /// <summary>The protocol asked for; empty when <see cref="IsUpgrade"/> is false.</summary>
    public ByteRange UpgradeRange { get; private set; }

    /// <summary>Whether the downstream takes trailers (TE: trailers).</summary>
    public bool AcceptsTrailers { get; private set; }

    /// <summary>
    /// How often an OPTIONS or TRACE may still be forwarded (RFC 9110 §7.6.2); -1 when it does not say.
    /// </summary>
    public int MaxForwards { get; private set; }

    /// <summary>
    /// Whether the router itself is asked, and no upstream: OPTIONS for <c>*</c> (RFC 9110 §9.3.7), or one
    /// that must not be forwarded any further.
    /// </summary>
    public bool IsForRouter(ReadOnlySpan<byte> input) =>
        MethodKind == MethodKind.Options && (MaxForwards == 0 || Path(input) is [(byte)'*']);

    /// <summary>How many header lines were dropped because their name has more than one reading.</summary>
    public int AmbiguousDropped { get; private set; }

    /// <summary>How many header lines there are.</summary>
    public int Count => _headers.Count;

    /// <summary>The header lines in the order of arrival.</summary>
    public ReadOnlySpan<HeaderField> Fields => _headers.Fields;

    /// <summary>A header line.</summary>
    public ref readonly HeaderField this[int index] => ref _headers.Fields[index];

    /// <summary>Whether a policy has looked at the path, which then need not be what was sent.</summary>
    public bool IsPathCanonical { get; private set; }

    /// <summary>
    /// The path that goes upstream; <c>/</c> (or <c>*</c>, RFC 9112 §3.2.4) for an absolute target without
    /// one.
    /// </summary>
    public ReadOnlySpan<byte> Path(ReadOnlySpan<byte> input)
    {
        if (IsPathCanonical)
            return _canonicalPath.Forwarded;
        if (!PathRange.IsEmpty)
            return PathRange.Of(input);
        return MethodKind == MethodKind.Options && !HasQuery ? "*"u8 : "/"u8;
    }

    /// <summary>The path that is matched: the same up to the case of the digits of its escapes.</summary>
    public ReadOnlySpan<byte> MatchedPath(ReadOnlySpan<byte> input) =>
        IsPathCanonical ? _canonicalPath.Matched : Path(input);

    /// <summary>
    /// Applies a listener's policy to the path of a complete request; <see cref="Path"/> and
    /// <see cref="MatchedPath"/> are what comes out. The rule that the path breaks, or None. Most paths are
    /// the same under every policy, and cost a look at one flag.
    /// </summary>
    public Rejection ApplyPathPolicy(ReadOnlySpan<byte> input, PathPolicy pathPolicy)
    {
        IsPathCanonical = false;
        bool isSame = _isPathPlain ? pathPolicy != PathPolicy.Strict : pathPolicy == PathPolicy.Raw;
        if (isSame || PathRange.IsEmpty || PathRange.Of(input) is [(byte)'*'])
            return Rejection.None;
        IsPathCanonical = true;
        return _canonicalPath.Apply(PathRange.Of(input), pathPolicy);
    }

    /// <summary>
    /// Writes the host, lower-case and without a trailing dot, as matching compares it. Needs at most
    /// <see cref="HeaderLimits.HostBytesMax"/> bytes; returns how many were written, 0 without a host.
    /// </summary>
    public int CopyHostLower(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        ReadOnlySpan<byte> host = Host.Of(input);
        if (host.Length > 0 && host[^1] == '.')
            host = host[..^1];
        Ascii.ToLower(host, destination, out int written);
        return written;
    }

    /// <summary>
    /// Parses a head that may arrive in many pieces. <paramref name="scanned"/> belongs to the connection: 0
    /// before a head begins, and kept between calls. The first piece is parsed at once, so that nonsense is
    /// refused early; later ones are only scanned for the end of the head, so the whole costs time linear in
    /// its length.
    /// </summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, ref int scanned)
    {
        bool isWhole = scanned == 0 || HeadEnd.TryFind(input, ref scanned);
        if (!isWhole && input.Length < limits.BytesMax)
            return ParseStatus.Incomplete;

        ParseStatus status = Parse(input);
        scanned = status == ParseStatus.Incomplete ? input.Length : 0;
        return status;
    }

    /// <summary>Parses a head from the start of the input, which may hold more than it.</summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input)
    {
        Reset();
        bool isFull = input.Length >= limits.BytesMax;
        ReadOnlySpan<byte> window = isFull ? input[..limits.BytesMax] : input;
        ParseStatus status = ParseLine(window, out int headersStart);
        if (status == ParseStatus.Complete)
            status = ParseHeaders(window, headersStart);
        return status == ParseStatus.Incomplete && isFull ? Reject(Rejection.HeadTooLarge) : status;
    }

    // A refused head shows no range of the one before it.
    private void Reset()
    {
        Rejection = Rejection.None;
        MethodKind = MethodKind.Other;
        MethodRange = default;
        PathRange = default;
        IsPathCanonical = false;
        QueryRange = default;
        HasQuery = false;
        Authority = default;
        Host = default;
        Port = 0;
        UpgradeRange = default;
        MaxForwards = -1;
        _headers.Reset();
    }

    private ParseStatus Reject(Rejection rejection)
    {
        Rejection = rejection;
        return ParseStatus.Rejected;
    }
}
