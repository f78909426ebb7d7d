namespace Serval.Config.Compiling;

/// <summary>
/// What is known about one hostname in one scope. Blittable, 64 bytes: one cache line, which for a hostname
/// with a
/// single path is all that a lookup reads besides the hash slot and the host's bytes.
/// </summary>
internal struct HostNode
{
    /// <summary>Bit n is set when there is a prefix of n elements.</summary>
    public ulong PrefixElementCounts;

    /// <summary>The scope: a group of listeners, or a listener; see <see cref="HostScope"/>.</summary>
    public int Scope;

    /// <summary>The hostname; of a wildcard what follows <c>*.</c>; empty for every host.</summary>
    public Slice Host;

    /// <summary>In the scope of a group: the listener; -1 in the scope of a listener.</summary>
    public int Listener;

    /// <summary>
    /// The bucket of regular expressions; -1 when there is none, or when it is <see cref="Only"/>.
    /// </summary>
    public int RegexBucket;

    /// <summary>True for <c>*.host</c>.</summary>
    public bool IsWildcard;

    /// <summary>True when a bucket has an exact path.</summary>
    public bool HasExact;

    /// <summary>
    /// True when there is one bucket, which then is <see cref="Only"/> and not in the path index.
    /// </summary>
    public bool IsSingle;

    /// <summary>The bucket of a node that has just one.</summary>
    public PathBucket Only;
}
