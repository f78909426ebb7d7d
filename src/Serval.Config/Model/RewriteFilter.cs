namespace Serval.Config.Model;

/// <summary>Changes host and path of the request that goes upstream (HTTPURLRewriteFilter).</summary>
public sealed record RewriteFilter : Filter
{
    /// <summary>New Host header; null keeps the request's.</summary>
    public string? Hostname { get; init; }

    /// <summary>New path; null keeps the request's.</summary>
    public PathChange? Path { get; init; }
}
