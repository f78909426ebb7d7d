using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>Predicates that must all hold (HTTPRouteMatch).</summary>
public sealed record Match
{
    /// <summary>On the path; null means the prefix <c>/</c>.</summary>
    public PathMatch? Path { get; init; }

    /// <summary>On the method, case-sensitive; null means any.</summary>
    public string? Method { get; init; }

    /// <summary>On request headers; names are unique, lower-case.</summary>
    public ImmutableArray<ValueMatch> Headers { get; init; } = [];

    /// <summary>On query parameters; names are unique, case-sensitive.</summary>
    public ImmutableArray<ValueMatch> Query { get; init; } = [];
}
