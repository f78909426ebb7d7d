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
    public Table<byte> Bytes { get; init; } = new();

    public Table<CompiledRule> Rules { get; init; } = new();

    public Table<CompiledBackend> Backends { get; init; } = new();

    public Table<CompiledEdit> Edits { get; init; } = new();

    public Table<CompiledRedirect> Redirects { get; init; } = new();

    public Table<CompiledRewrite> Rewrites { get; init; } = new();

    public Table<CompiledCors> Cors { get; init; } = new();

    public Table<CompiledOrigin> Origins { get; init; } = new();

    public Table<CompiledRetry> Retries { get; init; } = new();

    public Table<CompiledMirror> Mirrors { get; init; } = new();

    /// <summary>Groups, then listeners.</summary>
    public Table<HostScope> Scopes { get; init; } = new();

    /// <summary>Placed by scope and hostname.</summary>
    public Table<HostNode> Nodes { get; init; } = new();

    /// <summary>Buckets of nodes that have several, placed by node, kind and path.</summary>
    public Table<PathSlot> Buckets { get; init; } = new();

    /// <summary>Candidates after the first of their bucket.</summary>
    public Table<Candidate> Candidates { get; init; } = new();

    public Table<Predicate> Predicates { get; init; } = new();

    public Table<ValuePredicate> Values { get; init; } = new();

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
        + Cors.Bytes + Origins.Bytes + Retries.Bytes + Mirrors.Bytes
        + Scopes.Bytes + Nodes.Bytes + Buckets.Bytes + Candidates.Bytes
        + Predicates.Bytes + Values.Bytes;

    /// <summary>Bytes of the records that there are, those that nothing leads to any more included.</summary>
    public long RecordBytes =>
        Bytes.RecordBytes + Rules.RecordBytes + Backends.RecordBytes + Edits.RecordBytes
        + Redirects.RecordBytes + Rewrites.RecordBytes + Cors.RecordBytes + Origins.RecordBytes
        + Retries.RecordBytes + Mirrors.RecordBytes
        + Scopes.RecordBytes + Nodes.RecordBytes
        + Buckets.RecordBytes + Candidates.RecordBytes + Predicates.RecordBytes + Values.RecordBytes;

    /// <summary>What <see cref="RecordBytes"/> was when everything was compiled last.</summary>
    public long FreshBytes { get; set; }

    /// <summary>Places of nodes that are not free, those that were taken away included.</summary>
    public int NodesUsed { get; set; }

    /// <summary>Places of buckets that are not free, those that were taken away included.</summary>
    public int BucketsUsed { get; set; }

    /// <summary>The same tables in memory of their own, to be changed before anybody reads them.</summary>
    /// <param name="spare">
    /// Tables that nobody reads any more, whose memory is taken; not to be used afterwards. Null for none.
    /// </param>
    public RouteTables Copy(RouteTables? spare) => new(Hash)
    {
        Bytes = Bytes.Copy(spare?.Bytes),
        Rules = Rules.Copy(spare?.Rules),
        Backends = Backends.Copy(spare?.Backends),
        Edits = Edits.Copy(spare?.Edits),
        Redirects = Redirects.Copy(spare?.Redirects),
        Rewrites = Rewrites.Copy(spare?.Rewrites),
        Cors = Cors.Copy(spare?.Cors),
        Origins = Origins.Copy(spare?.Origins),
        Retries = Retries.Copy(spare?.Retries),
        Mirrors = Mirrors.Copy(spare?.Mirrors),
        Scopes = Scopes.Copy(spare?.Scopes),
        Nodes = Nodes.Copy(spare?.Nodes),
        Buckets = Buckets.Copy(spare?.Buckets),
        Candidates = Candidates.Copy(spare?.Candidates),
        Predicates = Predicates.Copy(spare?.Predicates),
        Values = Values.Copy(spare?.Values),
        Regexes = Regexes,
        GroupCount = GroupCount,
        ExactBytesMax = ExactBytesMax,
        PrefixElementsMax = PrefixElementsMax,
        FreshBytes = FreshBytes,
        NodesUsed = NodesUsed,
        BucketsUsed = BucketsUsed,
    };

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
        Cors.Trim();
        Origins.Trim();
        Retries.Trim();
        Mirrors.Trim();
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
        Cors.Dispose();
        Origins.Dispose();
        Retries.Dispose();
        Mirrors.Dispose();
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
