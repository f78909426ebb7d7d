namespace Serval.CommandLine.Roles;

/// <summary>How a configuration fared.</summary>
/// <param name="IsWhole">It is live, and its source had no errors.</param>
/// <param name="At">When it came.</param>
internal sealed record Loaded(bool IsWhole, DateTimeOffset At);
