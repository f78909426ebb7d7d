namespace Serval.Config.Compiling;

/// <summary>What a header edit does.</summary>
public enum EditKind
{
    /// <summary>Drop every value.</summary>
    Remove,

    /// <summary>Replace every value by one.</summary>
    Set,

    /// <summary>Append one value.</summary>
    Add,
}
