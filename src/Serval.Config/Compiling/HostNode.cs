namespace Serval.Config.Compiling;

/// <summary>
/// What is known about one hostname in one scope; a place in the table of hostnames, see
/// <see cref="Placing"/>. All zero is free. Blittable, 128 bytes: two cache lines that are fetched together,
/// which for a hostname with a single path is all that a lookup reads.
/// </summary>
internal struct HostNode : IPlaced
{
    /// <summary>Bit n is set when there is a prefix of n elements.</summary>
    public ulong PrefixElementCounts;

    /// <summary>Hash of the hostname in its scope.</summary>
    public uint Hash;

    /// <summary>
    /// The scope: a group of listeners, or a listener; see <see cref="HostScope"/>. -1 where a node was taken
    /// away: lookups go on behind it, and another node may take the place.
    /// </summary>
    public int Scope;

    /// <summary>The hostname; of a wildcard what follows <c>*.</c>; empty for every host.</summary>
    public Slice Host;

    /// <summary>
    /// In the scope of a group: the listener. In the scope of a listener: the rule of its TLS route, or -1.
    /// </summary>
    public int Target;

    /// <summary>
    /// The bucket of regular expressions; -1 when there is none, or when it is <see cref="Only"/>.
    /// </summary>
    public int RegexBucket;

    /// <summary>False when the place is free.</summary>
    public bool IsUsed;

    /// <summary>True for <c>*.host</c>.</summary>
    public bool IsWildcard;

    /// <summary>True when a bucket has an exact path.</summary>
    public bool HasExact;

    /// <summary>
    /// True when there is one bucket, which then is <see cref="Only"/> and not in the table of paths.
    /// </summary>
    public bool IsSingle;

    /// <summary>The bucket of a node that has just one.</summary>
    public PathBucket Only;

    /// <summary>
    /// The hostname, and behind it the path of <see cref="Only"/>, as far as they are short enough.
    /// </summary>
    public HostBytes Near;

    /// <inheritdoc/>
    public readonly bool IsTaken => IsUsed && Scope >= 0;

    /// <summary>Whether the hostname is in <see cref="Near"/>.</summary>
    public readonly bool IsHostNear => Host.Count <= HostBytes.Length;

    /// <summary>Whether the path of <see cref="Only"/> is in <see cref="Near"/>.</summary>
    public readonly bool IsPathNear => Host.Count + Only.Path.Count <= HostBytes.Length;
}
