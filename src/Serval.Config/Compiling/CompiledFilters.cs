namespace Serval.Config.Compiling;

/// <summary>The filters of a rule or a backend, merged. Blittable.</summary>
public readonly record struct CompiledFilters
{
    /// <summary>
    /// Edits of the request's headers, see <see cref="CompiledSnapshot.Edits"/>, in the order to apply.
    /// </summary>
    public required Slice RequestEdits { get; init; }

    /// <summary>Edits of the response's headers, in the order to apply.</summary>
    public required Slice ResponseEdits { get; init; }

    /// <summary>Index for <see cref="CompiledSnapshot.Redirect"/>; -1 means none.</summary>
    public required int RedirectIndex { get; init; }

    /// <summary>Index for <see cref="CompiledSnapshot.Rewrite"/>; -1 means none.</summary>
    public required int RewriteIndex { get; init; }

    /// <summary>
    /// Index for <see cref="CompiledSnapshot.Cors"/>; -1 means none. Of a rule, never of a backend.
    /// </summary>
    public required int CorsIndex { get; init; }
}
