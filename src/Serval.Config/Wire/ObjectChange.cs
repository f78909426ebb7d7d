namespace Serval.Config.Wire;

/// <summary>An object of one snapshot that the other lacks or has otherwise.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Before">Its JSON, indented; null when it is new.</param>
/// <param name="After">Its JSON, indented; null when it was removed.</param>
public sealed record ObjectChange(ObjectKind Kind, string Name, string? Before, string? After);
