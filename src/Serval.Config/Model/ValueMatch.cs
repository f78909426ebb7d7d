namespace Serval.Config.Model;

/// <summary>A predicate on a named value: a header or a query parameter.</summary>
/// <param name="Name">Header name in lower case, or a query parameter's name.</param>
/// <param name="Value">The value, or a regular expression that the whole value must match.</param>
/// <param name="IsRegex">True when <paramref name="Value"/> is a regular expression.</param>
public sealed record ValueMatch(string Name, string Value, bool IsRegex = false);
