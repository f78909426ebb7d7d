namespace Serval.DataPlane.Http;

/// <summary>
/// Why a message was refused. The kebab-case form of each name is its label in logs and metrics.
/// </summary>
internal enum Rejection : byte
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>A TLS record arrived where plain HTTP was expected.</summary>
    TlsOnPlainPort,

    /// <summary>The HTTP/2 connection preface on an HTTP/1 connection.</summary>
    Http2Preface,

    /// <summary>The request line does not have the shape method, target, version.</summary>
    BadRequestLine,

    /// <summary>The method is longer than any that is registered.</summary>
    MethodTooLong,

    /// <summary>CONNECT.</summary>
    ConnectMethod,

    /// <summary>TRACE, which goes nowhere unless an option allows it.</summary>
    TraceMethod,

    /// <summary>TRACE with a body (RFC 9110 §9.3.8).</summary>
    TraceWithBody,

    /// <summary>HTTP of another major version than 1.</summary>
    UnsupportedVersion,

    /// <summary>The request target is too long.</summary>
    TargetTooLong,

    /// <summary>The request target has none of the forms that the method allows.</summary>
    BadTarget,

    /// <summary>The request target has a fragment.</summary>
    TargetFragment,

    /// <summary>The path has a backslash, plain or encoded.</summary>
    PathBackslash,

    /// <summary>The path has an encoded NUL.</summary>
    PathNul,

    /// <summary>A percent sign in the path is not followed by two hex digits.</summary>
    PathEncoding,

    /// <summary>The path has an encoded slash, which a strict policy refuses.</summary>
    PathEncodedSlash,

    /// <summary>
    /// The path has a segment of one dot or two that only some servers see, because it has parameters or ends
    /// at an encoded slash; under a strict policy any.
    /// </summary>
    PathDotSegment,

    /// <summary>The dot segments of the path lead above its root.</summary>
    PathAboveRoot,

    /// <summary>The path encodes a character that needs no code, which a strict policy refuses.</summary>
    PathEncodedPlain,

    /// <summary>The path has two slashes in a row, which a strict policy refuses.</summary>
    PathEmptySegment,

    /// <summary>The path has a semicolon, which a strict policy refuses.</summary>
    PathParameters,

    /// <summary>A segment of the path ends in a dot or a space, which a strict policy refuses.</summary>
    PathTrailingDot,

    /// <summary>More empty lines before the request line than are skipped.</summary>
    TooManyEmptyLines,

    /// <summary>A line ends in LF without CR.</summary>
    BareLineFeed,

    /// <summary>A CR without LF.</summary>
    BareCarriageReturn,

    /// <summary>A header name is empty or has a byte that no token has.</summary>
    BadHeaderName,

    /// <summary>
    /// A header name that some servers cannot tell from another, where an option refuses such names.
    /// </summary>
    HeaderNameAmbiguous,

    /// <summary>White space before the colon of a header line.</summary>
    SpaceBeforeColon,

    /// <summary>A line begins with white space: an obsolete continuation.</summary>
    ObsoleteFold,

    /// <summary>A control byte in a header value.</summary>
    BadHeaderValue,

    /// <summary>Too many header lines.</summary>
    TooManyHeaders,

    /// <summary>The head is too large.</summary>
    HeadTooLarge,

    /// <summary>HTTP/1.1 without Host.</summary>
    HostMissing,

    /// <summary>Host more than once.</summary>
    HostDuplicate,

    /// <summary>Not a host with an optional port.</summary>
    HostInvalid,

    /// <summary>Not a plain decimal number, or too large a one.</summary>
    ContentLengthInvalid,

    /// <summary>Content-Length more than once, be it with equal values.</summary>
    ContentLengthDuplicate,

    /// <summary>Content-Length and Transfer-Encoding in one message.</summary>
    LengthAndTransferEncoding,

    /// <summary>Transfer-Encoding is neither <c>chunked</c> nor the name of another coding.</summary>
    TransferEncodingInvalid,

    /// <summary>Transfer-Encoding more than once.</summary>
    TransferEncodingDuplicate,

    /// <summary>Transfer-Encoding in HTTP/1.0.</summary>
    TransferEncodingInHttp10,

    /// <summary>A transfer coding other than <c>chunked</c>.</summary>
    TransferCodingUnknown,

    /// <summary>Max-Forwards of an OPTIONS or TRACE is not one plain decimal number.</summary>
    MaxForwardsInvalid,

    /// <summary>Connection is not a list of tokens.</summary>
    ConnectionInvalid,

    /// <summary>Connection nominates more fields than are kept track of.</summary>
    ConnectionTooManyFields,

    /// <summary>Connection nominates Host or Content-Length, which are never hop-by-hop.</summary>
    ConnectionNamesProtected,

    /// <summary>An expectation other than <c>100-continue</c>.</summary>
    ExpectationUnknown,

    /// <summary>The status line does not have the shape version, three digits, reason.</summary>
    BadStatusLine,

    /// <summary>The connection ended inside the head.</summary>
    HeadIncomplete,

    /// <summary>More interim responses than are relayed.</summary>
    TooManyInterims,

    /// <summary>101 although no upgrade was asked for, or without naming the new protocol.</summary>
    UnexpectedSwitch,

    /// <summary>A chunk size is not a hexadecimal number.</summary>
    ChunkSizeInvalid,

    /// <summary>A chunk size is too large.</summary>
    ChunkSizeOverflow,

    /// <summary>A chunk extension does not follow its grammar (RFC 9112 §7.1.1).</summary>
    ChunkExtensionInvalid,

    /// <summary>The chunk extensions of a body are too long.</summary>
    ChunkExtensionTooLong,

    /// <summary>A chunk line or chunk data does not end in CRLF.</summary>
    ChunkLineEnd,
}
