namespace Serval.CommandLine;

/// <summary>The words of an option that turns something on or off.</summary>
internal enum Switch
{
    /// <summary>It happens.</summary>
    On,

    /// <summary>It does not.</summary>
    Off,
}
