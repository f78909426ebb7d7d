using System.Collections.Immutable;
using System.Globalization;
using Serval.Config.Model;

namespace Serval.DataPlane.Admin;

/// <summary>What filters do to one request, in words.</summary>
internal sealed class ExplainFilters(ExplainRequest request, int matchedPrefixLength)
{
    /// <summary>A line for each change.</summary>
    public List<string> Describe(ImmutableArray<Filter> filters)
    {
        List<string> lines = [];
        foreach (Filter filter in filters)
        {
            switch (filter)
            {
                case RequestHeaderFilter headers: Edits(lines, "request", headers.Edits); break;
                case ResponseHeaderFilter headers: Edits(lines, "response", headers.Edits); break;
                case RewriteFilter rewrite: lines.Add($"rewrite {Change(rewrite.Hostname, rewrite.Path)}"); break;
                case RedirectFilter redirect: lines.Add($"redirect with {redirect.Status}"); break;
                default: lines.Add(filter.GetType().Name); break;
            }
        }
        return lines;
    }

    /// <summary>Method, target and host that go upstream, as the rule's own filters leave them.</summary>
    public string UpstreamOf(ImmutableArray<Filter> filters)
    {
        string path = request.Path;
        string host = request.Host;
        foreach (Filter filter in filters)
        {
            if (filter is not RewriteFilter rewrite)
                continue;
            path = Changed(rewrite.Path);
            host = rewrite.Hostname ?? host;
        }
        return $"{request.Method} {path}{(request.Query.Length == 0 ? "" : $"?{request.Query}")}  Host: {host}";
    }

    /// <summary>Status and location of a redirect; null when there is none.</summary>
    public string? RedirectOf(ImmutableArray<Filter> filters)
    {
        foreach (Filter filter in filters)
        {
            if (filter is RedirectFilter redirect)
                return $"{redirect.Status} Location: {Location(redirect)}";
        }
        return null;
    }

    private string Location(RedirectFilter redirect)
    {
        string scheme = redirect.Scheme ?? "http";
        // HTTPRequestRedirectFilter.port: the given one, else the scheme's, else the listener's.
        int port = redirect.Port ?? (redirect.Scheme switch { "https" => 443, "http" => 80, _ => request.Port });
        bool isUsual = (scheme, port) is ("http", 80) or ("https", 443);
        string authority = isUsual ? "" : string.Create(CultureInfo.InvariantCulture, $":{port}");
        string query = request.Query.Length == 0 ? "" : $"?{request.Query}";
        return $"{scheme}://{redirect.Hostname ?? request.Host}{authority}{Changed(redirect.Path)}{query}";
    }

    private string Changed(PathChange? change)
    {
        if (change is null)
            return request.Path;
        if (change.Kind == PathChangeKind.ReplaceFull)
            return change.Value;
        string rest = request.Path[Math.Min(matchedPrefixLength, request.Path.Length)..].TrimStart('/');
        string prefix = change.Value.TrimEnd('/');
        return rest.Length == 0 && prefix.Length > 0 ? prefix : $"{prefix}/{rest}";
    }

    private static void Edits(List<string> lines, string side, HeaderEdits edits)
    {
        foreach (HeaderValue header in edits.Set)
            lines.Add($"set {side} header {header.Name}: {header.Value}");
        foreach (HeaderValue header in edits.Add)
            lines.Add($"add {side} header {header.Name}: {header.Value}");
        foreach (string name in edits.Remove)
            lines.Add($"remove {side} header {name}");
    }

    private static string Change(string? hostname, PathChange? path)
    {
        string host = hostname is null ? "" : $"host to {hostname} ";
        return path switch
        {
            null => host.TrimEnd(),
            { Kind: PathChangeKind.ReplaceFull } => $"{host}path to {path.Value}",
            _ => $"{host}prefix to {path.Value}",
        };
    }
}
