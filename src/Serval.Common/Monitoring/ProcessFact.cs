namespace Serval.Common.Monitoring;

/// <summary>One number that a process tells of itself.</summary>
/// <param name="Name">Name of the metric.</param>
/// <param name="Help">What it is, for the page.</param>
/// <param name="IsCounter">Whether it only grows.</param>
/// <param name="Value">What it is now, in the unit that the name ends with.</param>
public sealed record ProcessFact(string Name, string Help, bool IsCounter, double Value);
