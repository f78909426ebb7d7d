namespace Serval.DataPlane.Admin;

/// <summary>A label of a sample.</summary>
/// <param name="Name">Letters, digits and underscores; a constant of ours.</param>
/// <param name="Value">Any text; escaped when written.</param>
public readonly record struct MetricLabel(string Name, string Value);
