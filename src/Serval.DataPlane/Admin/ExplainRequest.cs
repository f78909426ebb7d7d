using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using Serval.Config.Model;

namespace Serval.DataPlane.Admin;

/// <summary>A request as <c>explain</c> is asked about it.</summary>
/// <param name="Method">As sent.</param>
/// <param name="Host">Lower-case, without port.</param>
/// <param name="Port">Of the listener.</param>
/// <param name="Path">As sent; the listener's policy decides what becomes of it.</param>
/// <param name="Query">Without the question mark.</param>
/// <param name="Headers">Header lines beside Host.</param>
public sealed record ExplainRequest(
    string Method, string Host, int Port, string Path, string Query, ImmutableArray<HeaderValue> Headers)
{
    private const string Clear = "http://";
    private const string Secure = "https://";
    private const int ClearPort = 80;
    private const int SecurePort = 443;

    /// <summary>True when it is sent over TLS.</summary>
    public bool IsSecure { get; init; }

    /// <summary>
    /// The server name of its connection in lower case, empty when the client sent none; over TLS alone.
    /// </summary>
    public string ServerName { get; init; } = "";

    /// <summary>The whole URL.</summary>
    public string Url => (IsSecure ? Secure : Clear) + Authority + Target;

    private string Authority => Port == (IsSecure ? SecurePort : ClearPort)
        ? Host
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Path and query.</summary>
    public string Target => Query.Length == 0 ? Path : $"{Path}?{Query}";

    /// <summary>The head as a client would send it.</summary>
    internal byte[] ToHead()
    {
        StringBuilder head = new();
        head.Append(Method).Append(' ').Append(Target).Append(" HTTP/1.1\r\nHost: ").Append(Authority);
        head.Append("\r\n");
        foreach (HeaderValue header in Headers)
            head.Append(header.Name).Append(": ").Append(header.Value).Append("\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
    }

    /// <summary>Reads what a user typed; false with the reason when it makes no request.</summary>
    /// <param name="method">Such as GET.</param>
    /// <param name="url">With http or https; http when it has no scheme.</param>
    /// <param name="serverName">Of the connection, for https; null for the URL's host.</param>
    /// <param name="headers">Header lines beside Host.</param>
    /// <param name="request">What they make.</param>
    /// <param name="fault">Why they make none.</param>
    public static bool TryParse(
        string method, string url, string? serverName, IEnumerable<string> headers,
        [NotNullWhen(true)] out ExplainRequest? request, out string fault)
    {
        request = null;
        if (!TryParseHeaders(headers, out ImmutableArray<HeaderValue> lines, out fault))
            return false;
        // System.Uri would decode and shorten the path by rules that are not the router's.
        bool isSecure = url.StartsWith(Secure, StringComparison.OrdinalIgnoreCase);
        bool isClear = url.StartsWith(Clear, StringComparison.OrdinalIgnoreCase);
        string rest = isSecure ? url[Secure.Length..] : isClear ? url[Clear.Length..] : url;
        if (rest.Contains("://", StringComparison.Ordinal) || method.Length == 0)
        {
            fault = $"\"{method} {url}\" is not a method and a URL, such as GET http://example.com/path.";
            return false;
        }
        rest = rest.Split('#')[0];
        int end = rest.AsSpan().IndexOfAny('/', '?');
        string authority = end < 0 ? rest : rest[..end];
        string target = end < 0 ? "/" : rest[end..];
        if (!TryParseAuthority(authority, isSecure, out string host, out int port))
        {
            fault = authority.Length == 0
                ? $"\"{url}\" has no host; write a URL such as http://example.com/path."
                : $"\"{authority}\" is not a host with an optional port.";
            return false;
        }
        string[] parts = target.Split('?', 2);
        string path = parts[0].Length == 0 ? "/" : parts[0];
        if (serverName is not null && !isSecure)
        {
            fault = "A server name is sent over TLS alone; write the URL with https.";
            return false;
        }
        request = new ExplainRequest(method, host, port, path, parts.Length > 1 ? parts[1] : "", lines)
        {
            IsSecure = isSecure,
            // RFC 6066 §3: an address is never sent as a server name.
            ServerName = !isSecure ? ""
                : (serverName ?? (IPAddress.TryParse(host.Trim('[', ']'), out _) ? "" : host))
                    .ToLowerInvariant(),
        };
        return true;
    }

    private static bool TryParseAuthority(
        string authority, bool isSecure, out string host, out int port)
    {
        port = isSecure ? SecurePort : ClearPort;
        host = authority.ToLowerInvariant();
        int colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
        {
            if (!int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out port))
                return false;
            host = host[..colon];
        }
        return host.Length > 0 && port is > 0 and <= 65_535;
    }

    private static bool TryParseHeaders(
        IEnumerable<string> headers, out ImmutableArray<HeaderValue> lines, out string fault)
    {
        ImmutableArray<HeaderValue>.Builder builder = ImmutableArray.CreateBuilder<HeaderValue>();
        lines = [];
        foreach (string header in headers)
        {
            int colon = header.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1)
            {
                fault = $"\"{header}\" is not a header such as 'X-Version: 2'.";
                return false;
            }
            builder.Add(new HeaderValue(header[..colon].Trim(), header[(colon + 1)..].Trim()));
        }
        lines = builder.ToImmutable();
        fault = "";
        return true;
    }
}
