namespace Serval.Common;

/// <summary>
/// An option that a role cannot start with. The message names the option or file and the remedy.
/// </summary>
public sealed class OptionException(string message, Exception? inner = null)
    : ArgumentException(message, inner);
