using System.Text;
using Serval.Config.Model;

namespace Serval.DataPlane.Http;

/// <summary>
/// What a request says, whichever version of HTTP carried it: all that matching, filtering and accounting
/// see of it. A codec derives from this and fills it. Everything is an offset into the text that the codec
/// has read, which the caller hands in again. Owner: one worker, which reads every request of a version into
/// the same instance. Bound: <see cref="HeaderLimits"/>.
/// </summary>
internal abstract class RequestFields(HeaderLimits limits)
{
    private readonly CanonicalPath _canonicalPath = new(limits.TargetBytesMax);

    /// <summary>Why the request was refused.</summary>
    public Rejection Rejection { get; protected set; }

    /// <summary>The method, if it is one with a meaning here.</summary>
    public MethodKind MethodKind { get; protected set; }

    /// <summary>The method as sent.</summary>
    public ByteRange MethodRange { get; protected set; }

    /// <summary>The path as sent; empty when an absolute target has none, see <see cref="Path"/>.</summary>
    public ByteRange PathRange { get; protected set; }

    /// <summary>The query without its question mark.</summary>
    public ByteRange QueryRange { get; protected set; }

    /// <summary>Whether there is a question mark, be the query empty.</summary>
    public bool HasQuery { get; protected set; }

    /// <summary>The version of HTTP it came in.</summary>
    public HttpVersion Version { get; protected set; }

    /// <summary>Host and port that the request is for.</summary>
    public ByteRange Authority { get; protected set; }

    /// <summary><see cref="Authority"/> without the port; an IPv6 literal keeps its brackets.</summary>
    public ByteRange Host { get; protected set; }

    /// <summary>The port of <see cref="Authority"/>; 0 when it has none.</summary>
    public int Port { get; protected set; }

    /// <summary>How the end of the body is found; never UntilClose.</summary>
    public BodyKind Body { get; protected set; }

    /// <summary>Content-Length; -1 when absent.</summary>
    public long ContentLength { get; protected set; } = -1;

    /// <summary>Whether bytes of a body follow the head.</summary>
    public bool HasBody => Body != BodyKind.None;

    /// <summary>Whether the downstream waits for 100 before it sends the body.</summary>
    public bool ExpectsContinue { get; protected set; }

    /// <summary>
    /// Whether the downstream asks for another protocol. The connection changes only once the upstream has
    /// said 101 and the body, if there is one, was sent; whatever else arrives before is the next request.
    /// Never h2c.
    /// </summary>
    public bool IsUpgrade => !UpgradeRange.IsEmpty;

    /// <summary>The protocol asked for; empty when <see cref="IsUpgrade"/> is false.</summary>
    public ByteRange UpgradeRange { get; protected set; }

    /// <summary>Whether the downstream takes trailers (TE: trailers).</summary>
    public bool AcceptsTrailers { get; protected set; }

    /// <summary>
    /// How often an OPTIONS or TRACE may still be forwarded (RFC 9110 §7.6.2); -1 when it does not say.
    /// </summary>
    public int MaxForwards { get; protected set; }

    /// <summary>The trace that a valid <c>traceparent</c> names; else empty.</summary>
    public ByteRange TraceId { get; protected set; }

    /// <summary>Whether it has no valid <c>traceparent</c> and is to get one.</summary>
    public bool LacksTrace { get; protected set; }

    /// <summary>How many header lines were dropped because their name has more than one reading.</summary>
    public int AmbiguousDropped { get; protected set; }

    /// <summary>The header lines, and where they lie in the text.</summary>
    public FieldLines Lines { get; } = new(limits.CountMax);

    /// <summary>How many header lines there are.</summary>
    public int Count => Lines.Count;

    /// <summary>The header lines in the order of arrival.</summary>
    public ReadOnlySpan<HeaderField> Fields => Lines.Fields;

    /// <summary>A header line.</summary>
    public ref readonly HeaderField this[int index] => ref Lines.Fields[index];

    /// <summary>Whether a policy has looked at the path, which then need not be what was sent.</summary>
    public bool IsPathCanonical { get; protected set; }

    /// <summary>
    /// True if no policy but a strict one would look at the path: see <see cref="PathRules.Check"/>.
    /// </summary>
    protected bool IsPathPlain { get; set; }

    /// <summary>
    /// Whether the router itself is asked, and no upstream: OPTIONS for <c>*</c> (RFC 9110 §9.3.7), or one
    /// that must not be forwarded any further.
    /// </summary>
    public bool IsForRouter(ReadOnlySpan<byte> input) =>
        MethodKind == MethodKind.Options && (MaxForwards == 0 || Path(input) is [(byte)'*']);

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
        bool isSame = IsPathPlain ? pathPolicy != PathPolicy.Strict : pathPolicy == PathPolicy.Raw;
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

    /// <summary>Takes a path with its query (RFC 9110 §4.2): the rule that it breaks, or None.</summary>
    /// <param name="target">What begins with the path and ends with the query.</param>
    /// <param name="start">Its offset in the text.</param>
    protected Rejection TakePath(ReadOnlySpan<byte> target, int start)
    {
        Rejection rejection = PathRules.Check(target, out int length, out bool isPlain);
        IsPathPlain = isPlain;
        PathRange = new ByteRange(start, length);
        if (rejection != Rejection.None)
            return rejection;
        HasQuery = length < target.Length;
        QueryRange = HasQuery ? new ByteRange(start + length + 1, target.Length - length - 1) : default;
        return target[length..].Contains((byte)'#') ? Rejection.TargetFragment : Rejection.None;
    }

    /// <summary>Takes host and port: the rule that they break, or None.</summary>
    protected Rejection TakeAuthority(ReadOnlySpan<byte> input, ByteRange range)
    {
        if (!Http.Authority.TryParse(range.Of(input), out int hostLength, out int port))
            return Rejection.HostInvalid;
        Host = new ByteRange(range.Start, hostLength);
        // RFC 9110 §4.2.3: an empty port is written without its colon.
        Authority = port == 0 ? Host : range;
        Port = port;
        return Rejection.None;
    }

    /// <summary>Takes the method.</summary>
    protected void TakeMethod(ReadOnlySpan<byte> input, ByteRange range)
    {
        MethodRange = range;
        MethodKind = IdentifyMethod(range.Of(input));
    }

    /// <summary>Takes a Max-Forwards of OPTIONS or TRACE: the rule that it breaks, or None.</summary>
    protected Rejection TakeMaxForwards(ReadOnlySpan<byte> value)
    {
        bool isNumber = value.Length is > 0 and <= HeaderLimits.MaxForwardsDigitsMax
            && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9');
        if (!isNumber || MaxForwards >= 0)
            return Rejection.MaxForwardsInvalid;
        MaxForwards = 0;
        foreach (byte digit in value)
            MaxForwards = (MaxForwards * 10) + (digit - '0');
        return Rejection.None;
    }

    /// <summary>Forgets everything: a refused request shows no range of the one before it.</summary>
    protected void ResetFields()
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
        TraceId = default;
        LacksTrace = false;
    }

    private static MethodKind IdentifyMethod(ReadOnlySpan<byte> method) => method.Length switch
    {
        3 when method.SequenceEqual("GET"u8) => MethodKind.Get,
        3 when method.SequenceEqual("PUT"u8) => MethodKind.Put,
        4 when method.SequenceEqual("POST"u8) => MethodKind.Post,
        4 when method.SequenceEqual("HEAD"u8) => MethodKind.Head,
        5 when method.SequenceEqual("PATCH"u8) => MethodKind.Patch,
        5 when method.SequenceEqual("TRACE"u8) => MethodKind.Trace,
        6 when method.SequenceEqual("DELETE"u8) => MethodKind.Delete,
        7 when method.SequenceEqual("OPTIONS"u8) => MethodKind.Options,
        7 when method.SequenceEqual("CONNECT"u8) => MethodKind.Connect,
        _ => MethodKind.Other,
    };
}
