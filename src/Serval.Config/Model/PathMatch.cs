namespace Serval.Config.Model;

/// <summary>A predicate on the path, query excluded.</summary>
/// <param name="Kind">How <paramref name="Value"/> is compared.</param>
/// <param name="Value">Begins with <c>/</c> unless it is a regular expression.</param>
public sealed record PathMatch(PathMatchKind Kind, string Value);
