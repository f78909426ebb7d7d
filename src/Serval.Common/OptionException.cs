namespace Serval.Common;

/// <summary>
/// An option, or a file that it names, with which a verb cannot start. The message names the option or file
/// and the remedy.
/// </summary>
public sealed class OptionException(string message, Exception? inner = null)
    : ArgumentException(message, inner);
