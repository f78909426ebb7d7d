namespace Serval.VppBridge;

/// <summary>An option that the bridge cannot start with. The message names it and the remedy.</summary>
public sealed class OptionException(string message, Exception? inner = null)
    : ArgumentException(message, inner);
