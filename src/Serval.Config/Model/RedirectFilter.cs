namespace Serval.Config.Model;

/// <summary>Answers with a redirect; nothing goes upstream (HTTPRequestRedirectFilter).</summary>
public sealed record RedirectFilter : Filter
{
    /// <summary><c>http</c> or <c>https</c>; null keeps the request's.</summary>
    public string? Scheme { get; init; }

    /// <summary>Host of the location; null keeps the request's.</summary>
    public string? Hostname { get; init; }

    /// <summary>Port of the location; null derives it from the scheme, else from the listener.</summary>
    public int? Port { get; init; }

    /// <summary>Path of the location; null keeps the request's.</summary>
    public PathChange? Path { get; init; }

    /// <summary>301, 302, 303, 307 or 308.</summary>
    public int Status { get; init; } = 302;
}
