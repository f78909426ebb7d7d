namespace Serval.Config.Model;

/// <summary>A new path (HTTPPathModifier).</summary>
/// <param name="Kind">What is replaced.</param>
/// <param name="Value">The replacement.</param>
public sealed record PathChange(PathChangeKind Kind, string Value);
