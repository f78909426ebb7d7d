using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>Header changes: set replaces every value, add appends one, remove drops all.</summary>
public sealed record HeaderEdits
{
    /// <summary>The host that a request's edits set; null when they set none.</summary>
    public string? FindHost() => Set.IsDefault
        ? null
        : Set.FirstOrDefault(header => header is not null && HeaderNames.IsHost(header.Name))?.Value;

    /// <summary>Replace, or create.</summary>
    public ImmutableArray<HeaderValue> Set { get; init; } = [];

    /// <summary>Append to what is there.</summary>
    public ImmutableArray<HeaderValue> Add { get; init; } = [];

    /// <summary>Names to drop, any case.</summary>
    public ImmutableArray<string> Remove { get; init; } = [];
}
