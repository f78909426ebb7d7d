namespace Serval.Config.Compiling;

/// <summary>
/// A set of hostnames among which the most specific is sought: the listeners' in a group, numbered first, and
/// the
/// routes' on a listener, numbered after the groups. Blittable.
/// </summary>
internal struct HostScope
{
    /// <summary>Bit n is set when a wildcard has n labels after the star (63: that many or more).</summary>
    public ulong WildcardLabelCounts;

    /// <summary>The node for every host; -1 when there is none.</summary>
    public int AnyNode;

    /// <summary>True when there is a hostname without wildcard.</summary>
    public bool HasExact;
}
