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
        NodeIndex = new HashIndex(Bytes);
        BucketIndex = new HashIndex(Bytes);
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

    public Table<HostNode> Nodes { get; } = new();

    /// <summary>Nodes by scope and hostname.</summary>
    public HashIndex NodeIndex { get; }

    /// <summary>Buckets of nodes that have several.</summary>
    public Table<PathBucket> Buckets { get; } = new();

    /// <summary>Exact and prefix buckets by node and path.</summary>
    public HashIndex BucketIndex { get; }

    /// <summary>Candidates after the first of their bucket.</summary>
    public Table<Candidate> Candidates { get; } = new();

    public Table<Predicate> Predicates { get; } = new();

    public Table<ValuePredicate> Values { get; } = new();

    public RegexTable Regexes { get; set; } = new([]);

    /// <summary>Scopes below this number are groups.</summary>
    public int GroupCount { get; set; }

    /// <summary>Length of the longest exact path; longer paths need no hash as a whole.</summary>
    public int ExactBytesMax { get; set; }

    /// <summary>Elements of the prefix that has most; a path is cut no further.</summary>
    public int PrefixElementsMax { get; set; }

    /// <summary>Unmanaged bytes allocated.</summary>
    public long MemoryBytes =>
        Bytes.Bytes + Rules.Bytes + Backends.Bytes + Edits.Bytes + Redirects.Bytes + Rewrites.Bytes
        + Scopes.Bytes + Nodes.Bytes + NodeIndex.Bytes + Buckets.Bytes + BucketIndex.Bytes + Candidates.Bytes
        + Predicates.Bytes + Values.Bytes;

    /// <summary>The node of a hostname in a scope, or -1.</summary>
    public int FindNode(int scope, ReadOnlySpan<byte> host, ulong hostHash, bool isWildcard)
    {
        uint key = Hash.InScope(hostHash, scope, isWildcard);
        int i = NodeIndex.First(key, host, out int slot);
        for (; i >= 0; i = NodeIndex.Next(key, host, ref slot))
        {
            ref HostNode node = ref Nodes[i];
            if (node.Scope == scope && node.IsWildcard == isWildcard)
                break;
        }

        return i;
    }

    /// <summary>The bucket of an exact path or a prefix of a node, or -1.</summary>
    public int FindBucket(int node, PathMatchKind kind, ReadOnlySpan<byte> path, ulong pathHash)
    {
        uint key = Hash.InScope(pathHash, node, kind == PathMatchKind.Prefix);
        int i = BucketIndex.First(key, path, out int slot);
        for (; i >= 0; i = BucketIndex.Next(key, path, ref slot))
        {
            ref PathBucket bucket = ref Buckets[i];
            if (bucket.Node == node && bucket.Kind == kind)
                break;
        }

        return i;
    }

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
        NodeIndex.Dispose();
        Buckets.Dispose();
        BucketIndex.Dispose();
        Candidates.Dispose();
        Predicates.Dispose();
        Values.Dispose();
    }
}
