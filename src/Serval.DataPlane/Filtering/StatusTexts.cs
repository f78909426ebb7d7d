namespace Serval.DataPlane.Filtering;

/// <summary>Status codes that Serval answers with by itself, as <c>code reason</c>.</summary>
internal static class StatusTexts
{
    /// <summary>Bytes of the code; a space and the reason phrase follow.</summary>
    public const int CodeBytes = 3;

    /// <summary>Three digits, a space and the reason phrase of RFC 9110 §15.</summary>
    public static ReadOnlySpan<byte> Of(int status) => status switch
    {
        200 => "200 OK"u8,
        204 => "204 No Content"u8,
        301 => "301 Moved Permanently"u8,
        302 => "302 Found"u8,
        303 => "303 See Other"u8,
        307 => "307 Temporary Redirect"u8,
        308 => "308 Permanent Redirect"u8,
        400 => "400 Bad Request"u8,
        403 => "403 Forbidden"u8,
        404 => "404 Not Found"u8,
        405 => "405 Method Not Allowed"u8,
        408 => "408 Request Timeout"u8,
        413 => "413 Content Too Large"u8,
        414 => "414 URI Too Long"u8,
        417 => "417 Expectation Failed"u8,
        421 => "421 Misdirected Request"u8,
        429 => "429 Too Many Requests"u8,
        431 => "431 Request Header Fields Too Large"u8,
        501 => "501 Not Implemented"u8,
        502 => "502 Bad Gateway"u8,
        503 => "503 Service Unavailable"u8,
        504 => "504 Gateway Timeout"u8,
        505 => "505 HTTP Version Not Supported"u8,
        _ => "500 Internal Server Error"u8,
    };
}
