using System.Text;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>
/// Collects scopes and their hostnames under numbers of its own, and places them once all are known.
/// </summary>
internal sealed class HostCompiler(RouteTables tables, ByteTable bytes) : IDisposable
{
    private readonly Table<HostNode> _nodes = new();
    private readonly HashIndex _index = new(tables.Bytes);
    private readonly Table<int> _bucketCounts = new();
    private readonly Table<int> _places = new();

    /// <summary>Adds a scope for every group, with its listeners, and one for every listener.</summary>
    public void AddListeners(Snapshot snapshot, ListenerGroups groups)
    {
        for (int i = 0; i < groups.Count + snapshot.Listeners.OrEmpty().Length; i++)
            tables.Scopes.Add(new HostScope { AnyNode = -1 });
        for (int group = 0; group < groups.Count; group++)
        {
            foreach (int listener in groups.Members(group))
                _nodes[FindOrAdd(group, snapshot.Listeners[listener].Hostname)].Target = listener;
        }
    }

    /// <summary>The node of a hostname on a listener; null means every host.</summary>
    public int OnListener(int listener, string? hostname) =>
        FindOrAdd(tables.GroupCount + listener, hostname);

    /// <summary>A node while it is collected.</summary>
    public ref HostNode this[int node] => ref _nodes[node];

    /// <summary>How many buckets the node has so far.</summary>
    public ref int BucketCount(int node) => ref _bucketCounts[node];

    /// <summary>Where the node stands in the tables, after <see cref="Place"/>.</summary>
    public int PlaceOf(int node) => _places[node];

    /// <summary>Moves every node to its place in the tables.</summary>
    public void Place()
    {
        tables.Nodes.Reset(Placing.Capacity(_nodes.Count));
        _places.Reset(_nodes.Count);
        for (int i = 0; i < _nodes.Count; i++)
        {
            int at = Placing.Free(tables.Nodes, _nodes[i].Hash);
            tables.Nodes[at] = _nodes[i];
            _places[i] = at;
        }

        tables.NodesUsed = _nodes.Count;

        foreach (ref HostScope scope in tables.Scopes.Span)
        {
            if (scope.AnyNode >= 0)
                scope.AnyNode = _places[scope.AnyNode];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _nodes.Dispose();
        _index.Dispose();
        _bucketCounts.Dispose();
        _places.Dispose();
    }

    private int FindOrAdd(int scopeIndex, string? hostname)
    {
        ref HostScope scope = ref tables.Scopes[scopeIndex];
        if (hostname is null)
        {
            if (scope.AnyNode < 0)
                scope.AnyNode = Add(scopeIndex, default, tables.Hash.Of([]), isWildcard: false);
            return scope.AnyNode;
        }

        Span<byte> host = stackalloc byte[ConfigLimits.HostnameBytes];
        ReadOnlySpan<char> text = Read(hostname, ref host, out bool isWildcard);
        ulong hash = tables.Hash.Of(host);
        uint key = tables.Hash.InScope(hash, scopeIndex, isWildcard);
        for (int i = _index.First(key, host, out int slot); i >= 0; i = _index.Next(key, host, ref slot))
        {
            ref HostNode found = ref _nodes[i];
            if (found.Scope == scopeIndex && found.IsWildcard == isWildcard)
                return i;
        }

        Slice name = bytes.Add(text);
        int node = Add(scopeIndex, name, hash, isWildcard);
        _index.Add(key, name, node);
        Note(ref scope, host, isWildcard);
        return node;
    }

    /// <summary>
    /// A hostname as nodes have it, without the <c>*.</c> of a wildcard; its bytes are all that is left of
    /// <paramref name="host"/>.
    /// </summary>
    public static ReadOnlySpan<char> Read(string hostname, scoped ref Span<byte> host, out bool isWildcard)
    {
        isWildcard = hostname.StartsWith("*.", StringComparison.Ordinal);
        ReadOnlySpan<char> text = isWildcard ? hostname.AsSpan(2) : hostname;
        host = host[..Encoding.ASCII.GetBytes(text, host)];
        return text;
    }

    /// <summary>Says in a scope that it has such a hostname.</summary>
    public static void Note(ref HostScope scope, ReadOnlySpan<byte> host, bool isWildcard)
    {
        if (isWildcard)
            scope.WildcardLabelCounts |= 1UL << Math.Min(host.Count((byte)'.') + 1, 63);
        else
            scope.HasExact = true;
    }

    /// <summary>A node without a bucket.</summary>
    public static HostNode NewNode(
        RouteTables tables, int scope, Slice host, ulong hostHash, bool isWildcard)
    {
        HostNode node = new()
        {
            Hash = tables.Hash.InScope(hostHash, scope, isWildcard),
            Scope = scope,
            Host = host,
            IsUsed = true,
            IsWildcard = isWildcard,
            Target = -1,
            RegexBucket = -1,
        };
        if (node.IsHostNear)
            tables.Bytes.Slice(host).CopyTo(node.Near);
        return node;
    }

    private int Add(int scope, Slice host, ulong hostHash, bool isWildcard)
    {
        _bucketCounts.Add(0);
        return _nodes.Add(NewNode(tables, scope, host, hostHash, isWildcard));
    }
}
