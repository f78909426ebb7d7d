namespace Serval.Config.Compiling;

/// <summary>
/// The CORS policy of a rule. Blittable; lists are texts as they are written, through
/// <see cref="CompiledSnapshot.Bytes"/>, and empty where nothing is to be said.
/// </summary>
public readonly record struct CompiledCors
{
    /// <summary>The origins that are allowed, see <see cref="CompiledSnapshot.Origins"/>.</summary>
    public required Slice Origins { get; init; }

    /// <summary>Whether every origin is allowed.</summary>
    public required bool AllowsAnyOrigin { get; init; }

    /// <summary>Whether scripts may send credentials; then no <c>*</c> is written anywhere.</summary>
    public required bool AllowsCredentials { get; init; }

    /// <summary>Whether every method is allowed.</summary>
    public required bool AllowsAnyMethod { get; init; }

    /// <summary>Whether every request header is allowed.</summary>
    public required bool AllowsAnyHeader { get; init; }

    /// <summary>Access-Control-Allow-Methods, unless any is allowed.</summary>
    public required Slice Methods { get; init; }

    /// <summary>Access-Control-Allow-Headers, unless any is allowed.</summary>
    public required Slice Headers { get; init; }

    /// <summary>Access-Control-Expose-Headers.</summary>
    public required Slice ExposedHeaders { get; init; }

    /// <summary>Access-Control-Max-Age, seconds.</summary>
    public required int MaxAgeSeconds { get; init; }

    /// <summary>
    /// Whether the response is the same for every origin: then it says <c>*</c> and caches need not tell
    /// origins apart (Fetch, "CORS protocol and HTTP caches").
    /// </summary>
    public bool IsSameForAll => AllowsAnyOrigin && !AllowsCredentials;
}
