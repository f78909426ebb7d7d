using System.Text;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>Adds scopes and their hostnames.</summary>
internal sealed class HostCompiler(RouteTables tables, ByteTable bytes) : IDisposable
{
    private readonly Table<int> _bucketCounts = new();

    /// <summary>Adds a scope for every group, with its listeners, and one for every listener.</summary>
    public void AddListeners(Snapshot snapshot, ListenerGroups groups)
    {
        for (int i = 0; i < groups.Count + snapshot.Listeners.OrEmpty().Length; i++)
            tables.Scopes.Add(new HostScope { AnyNode = -1 });
        for (int group = 0; group < groups.Count; group++)
        {
            foreach (int listener in groups.Members(group))
                tables.Nodes[FindOrAdd(group, snapshot.Listeners[listener].Hostname)].Listener = listener;
        }
    }

    /// <summary>The node of a hostname on a listener; null means every host.</summary>
    public int OnListener(int listener, string? hostname) =>
        FindOrAdd(tables.GroupCount + listener, hostname);

    /// <summary>How many buckets the node has so far.</summary>
    public ref int BucketCount(int node) => ref _bucketCounts[node];

    /// <inheritdoc/>
    public void Dispose() => _bucketCounts.Dispose();

    private int FindOrAdd(int scopeIndex, string? hostname)
    {
        ref HostScope scope = ref tables.Scopes[scopeIndex];
        if (hostname is null)
        {
            if (scope.AnyNode < 0)
                scope.AnyNode = Add(scopeIndex, default, isWildcard: false);
            return scope.AnyNode;
        }

        bool isWildcard = hostname.StartsWith("*.", StringComparison.Ordinal);
        ReadOnlySpan<char> name = isWildcard ? hostname.AsSpan(2) : hostname;
        Span<byte> host = stackalloc byte[ConfigLimits.HostnameBytes];
        host = host[..Encoding.ASCII.GetBytes(name, host)];
        ulong hash = tables.Hash.Of(host);
        int node = tables.FindNode(scopeIndex, host, hash, isWildcard);
        if (node >= 0)
            return node;
        Slice key = bytes.Add(name);
        node = Add(scopeIndex, key, isWildcard);
        tables.NodeIndex.Add(tables.Hash.InScope(hash, scopeIndex, isWildcard), key, node);
        if (isWildcard)
            scope.WildcardLabelCounts |= 1UL << Math.Min(host.Count((byte)'.') + 1, 63);
        else
            scope.HasExact = true;
        return node;
    }

    private int Add(int scope, Slice host, bool isWildcard)
    {
        _bucketCounts.Add(0);
        return tables.Nodes.Add(new HostNode
        {
            Scope = scope,
            Host = host,
            IsWildcard = isWildcard,
            Listener = -1,
            RegexBucket = -1,
        });
    }
}
