namespace Serval.CommandLine.Vpp;

/// <summary>What was typed, or a file that it names, makes no sense. Caught by
/// <see cref="VppCall"/>.</summary>
internal sealed class UsageException(string message) : Exception(message);
