using System.Text;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;

namespace Serval.DataPlane.Tests.Http1;

/// <summary>Messages as tests write them: text, one char per byte.</summary>
internal static class HeadText
{
    public static readonly string[] ValidRequests =
    [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\n\r\nGET /x?y=1 HTTP/1.1\r\nHost: a.example:8080\r\nX-Empty:\r\nX-Ows: \t v \t\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: [2001:db8::1]:443\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
        "PUT http://b.example/p?q HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nTE: trailers\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close, X-Gone\r\nX-Gone: 1\r\n\r\n",
        "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "HEAD /a.b/..c/%20;p?%zz#".TrimEnd('#')
            + " HTTP/1.0\r\nConnection: keep-alive\r\nx_y: 1\r\nX: \u00FF\r\n\r\n",
    ];

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static RequestHead NewRequest() => new(new HeaderLimits(), RequestPolicy.Default);

    public static ResponseHead NewResponse() => new(new HeaderLimits());

    /// <summary>Parses a request that has to be complete.</summary>
    public static RequestHead Parse(string text)
    {
        RequestHead head = NewRequest();
        ParseStatus status = head.Parse(Bytes(text));
        Assert.True(status == ParseStatus.Complete, $"{status} {head.Rejection}: {text}");
        return head;
    }

    /// <summary>All that a parsed request says, for comparing two ways to get there.</summary>
    public static string Describe(RequestHead head, byte[] input)
    {
        StringBuilder text = new();
        text.Append(Text(head.MethodRange.Of(input))).Append(' ').Append(Text(head.Path(input))).Append('?')
            .Append(Text(head.QueryRange.Of(input))).Append(' ').Append(head.HttpMinor).Append(' ')
            .Append(Text(head.Authority.Of(input))).Append(' ').Append(Text(head.Host.Of(input))).Append(' ')
            .Append(head.Port).Append(' ').Append(head.ContentLength).Append(head.IsChunked)
            .Append(head.KeepsAlive).Append(head.ExpectsContinue).Append(Text(head.UpgradeRange.Of(input)))
            .Append(head.AcceptsTrailers).Append(head.AmbiguousDropped).Append(head.Length);
        foreach (HeaderField field in head.Fields)
        {
            text.Append('|').Append(Text(field.Name(input))).Append('=').Append(Text(field.Value(input)))
                .Append(field.Known).Append(field.Use);
        }

        return text.ToString();
    }
}
