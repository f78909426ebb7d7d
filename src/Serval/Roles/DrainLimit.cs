namespace Serval.CommandLine.Roles;

/// <summary>How long exchanges in progress may take to end once a role stops.</summary>
internal sealed record DrainLimit(TimeSpan Time);
