using Serval.Config.Model;

namespace Serval.Config.Compiling;

/// <summary>
/// The tables of one compiled snapshot. Filled by <see cref="SnapshotCompiler"/>, then only read: by
/// <see cref="RouteWalk"/> and through <see cref="CompiledSnapshot"/>.
/// </summary>
internal sealed class RouteTables : IDisposable
{
    /// <summary>Empty tables.</summary>
    public RouteTables(KeyedHash hash)
    {
        Hash = hash;
    }

    /// <summary>The secret of this snapshot.</summary>
    public KeyedHash Hash { get; }

    /// <summary>UTF-8 of every string that lookups and filters read.</summary>
    public Table<byte> Bytes { get; } = new();

    public Table<CompiledRule> Rules { get; } = new();

    public Table<CompiledBackend> Backends { get; } = new();

    public Table<CompiledEdit> Edits { get; } = new();

    public Table<CompiledRedirect> Redirects { get; } = new();

    public Table<CompiledRewrite> Rewrites { get; } = new();

    /// <summary>Groups, then listeners.</summary>
    public Table<HostScope> Scopes { get; } = new();

    /// <summary>Placed by scope and hostname.</summary>
    public Table<HostNode> Nodes { get; } = new();

    /// <summary>Buckets of nodes that have several, placed by node, kind and path.</summary>
    public Table<PathSlot> Buckets { get; } = new();

    /// <summary>Candidates after the first of their bucket.</summary>
    public Table<Candidate> Candidates { get; } = new();

    public Table<Predicate> Predicates { get; } = new();

    public Table<ValuePredicate> Values { get; } = new();

    public RegexTable Regexes { get; set; } = new([], 1);

    /// <summary>Scopes below this number are groups.</summary>
    public int GroupCount { get; set; }

    /// <summary>Length of the longest exact path; longer paths need no hash as a whole.</summary>
    public int ExactBytesMax { get; set; }

    /// <summary>Elements of the prefix that has most; a path is cut no further.</summary>
    public int PrefixElementsMax { get; set; }

    /// <summary>Unmanaged bytes allocated.</summary>
    public long MemoryBytes =>
        Bytes.Bytes + Rules.Bytes + Backends.Bytes + Edits.Bytes + Redirects.Bytes + Rewrites.Bytes
        + Scopes.Bytes + Nodes.Bytes + Buckets.Bytes + Candidates.Bytes
        + Predicates.Bytes + Values.Bytes;

    /// <summary>The node of a hostname in a scope, or -1.</summary>
    public int FindNode(int scope, ReadOnlySpan<byte> host, ulong hostHash, bool isWildcard)
    {
        uint hash = Hash.InScope(hostHash, scope, isWildcard);
        int capacity = Nodes.Count;
        if (capacity == 0)
            return -1;
        int home = Placing.Home(hash, capacity);
        Nodes.Prefetch(home + 1);
        for (int i = home; ; i = Placing.Following(i, capacity))
        {
            ref HostNode node = ref Nodes[i];
            if (!node.IsUsed)
                return -1;
            if (node.Hash == hash && node.Scope == scope && node.IsWildcard == isWildcard
                && HostOf(ref node).SequenceEqual(host))
                return i;
        }
    }

    /// <summary>The bucket of an exact path or a prefix of a node, or -1.</summary>
    public int FindBucket(int node, PathMatchKind kind, ReadOnlySpan<byte> path, ulong pathHash)
    {
        uint hash = Hash.InScope(pathHash, node, kind == PathMatchKind.Prefix);
        int capacity = Buckets.Count;
        if (capacity == 0)
            return -1;
        int home = Placing.Home(hash, capacity);
        Buckets.Prefetch(home + 1);
        for (int i = home; ; i = Placing.Following(i, capacity))
        {
            ref PathSlot slot = ref Buckets[i];
            if (!slot.IsUsed)
                return -1;
            if (slot.Hash == hash && slot.Bucket.Node == node && slot.Bucket.Kind == kind
                && PathOf(ref slot).SequenceEqual(path))
                return i;
        }
    }

    /// <summary>The path of a node's only bucket.</summary>
    public ReadOnlySpan<byte> OnlyPathOf(ref HostNode node) => node.IsPathNear
        ? ((ReadOnlySpan<byte>)node.Near).Slice(node.Host.Count, node.Only.Path.Count)
        : Bytes.Slice(node.Only.Path);

    /// <summary>Gives back what growing reserved beyond need.</summary>
    public void Trim()
    {
        Bytes.Trim();
        Rules.Trim();
        Backends.Trim();
        Edits.Trim();
        Redirects.Trim();
        Rewrites.Trim();
        Scopes.Trim();
        Nodes.Trim();
        Buckets.Trim();
        Candidates.Trim();
        Predicates.Trim();
        Values.Trim();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Bytes.Dispose();
        Rules.Dispose();
        Backends.Dispose();
        Edits.Dispose();
        Redirects.Dispose();
        Rewrites.Dispose();
        Scopes.Dispose();
        Nodes.Dispose();
        Buckets.Dispose();
        Candidates.Dispose();
        Predicates.Dispose();
        Values.Dispose();
    }

    private ReadOnlySpan<byte> HostOf(ref HostNode node) => node.IsHostNear
        ? ((ReadOnlySpan<byte>)node.Near)[..node.Host.Count]
        : Bytes.Slice(node.Host);

    private ReadOnlySpan<byte> PathOf(ref PathSlot slot) => slot.Bucket.Path.Count <= PathBytes.Length
        ? ((ReadOnlySpan<byte>)slot.Near)[..slot.Bucket.Path.Count]
        : Bytes.Slice(slot.Bucket.Path);
}
