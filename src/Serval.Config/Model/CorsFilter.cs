using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>
/// Says which scripts of other origins may use what the rule serves (Fetch §3.2). Serval answers preflights
/// itself and writes the CORS headers of every response; those of a backend are dropped.
/// </summary>
public sealed record CorsFilter : Filter
{
    /// <summary>
    /// Origins that are allowed: <c>*</c> alone, or <see cref="Validating.OriginPattern"/>s. Empty allows
    /// none.
    /// </summary>
    public ImmutableArray<string> AllowOrigins { get; init; } = [];

    /// <summary>Whether scripts may send cookies and the like.</summary>
    public bool AllowCredentials { get; init; }

    /// <summary>Methods that preflights are told; <c>*</c> alone stands for any.</summary>
    public ImmutableArray<string> AllowMethods { get; init; } = [];

    /// <summary>Request headers that preflights are told; <c>*</c> alone stands for any.</summary>
    public ImmutableArray<string> AllowHeaders { get; init; } = [];

    /// <summary>
    /// Response headers that scripts may read; <c>*</c> stands for any without credentials.
    /// </summary>
    public ImmutableArray<string> ExposeHeaders { get; init; } = [];

    /// <summary>How long a browser may keep the answer to a preflight, seconds.</summary>
    public int MaxAgeSeconds { get; init; } = 5;
}
