using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Serval.DataPlane.Admin;

/// <summary>
/// The status page: three static files of this assembly. They hold no secret and are served to everybody who
/// reaches the admin API; what they show they ask for like any client, with a token where one is needed.
/// </summary>
internal static class StatusPage
{
    // Nothing but its own three files and its own admin API; no inline script or style, no frame around it.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, (string Type, byte[] Bytes)> Files =
        new Dictionary<string, (string, byte[])>
        {
            ["/"] = ("text/html; charset=utf-8", Read("page.html")),
            ["/page.css"] = ("text/css; charset=utf-8", Read("page.css")),
            ["/page.js"] = ("text/javascript; charset=utf-8", Read("page.js")),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether the path is one of its files.</summary>
    public static bool Has(string? path) => path is not null && Files.ContainsKey(path);

    /// <summary>Answers with the file of the path.</summary>
    public static Task AnswerAsync(HttpContext http, CancellationToken stop)
    {
        (string type, byte[] bytes) = Files[http.Request.Path.Value!];
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return AdminAnswers.BytesAsync(http, 200, type, bytes, stop);
    }

    private static byte[] Read(string name)
    {
        using Stream file = typeof(StatusPage).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
