namespace Serval.DataPlane.Admin;

/// <summary>One fact of an explanation.</summary>
/// <param name="Name">What it is about, such as <c>listener</c>; empty when it continues the line
/// before.</param>
/// <param name="Value">The fact, for people.</param>
public sealed record ExplanationLine(string Name, string Value);
