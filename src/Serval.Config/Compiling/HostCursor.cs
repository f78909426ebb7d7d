namespace Serval.Config.Compiling;

/// <summary>
/// The hostnames of a scope that match a host, most specific first: the host itself, wildcards from the
/// longest to
/// the shortest, then every host. Wildcards stand for one label or more (Gateway API, Hostname).
/// </summary>
internal ref struct HostCursor
{
    private readonly RouteTables _tables;
    private readonly ReadOnlySpan<byte> _host;
    private readonly ulong _hostHash;
    private readonly int _scope;
    private int _dot;
    private int _labelsLeft;
    private Stage _stage;

    /// <summary>Starts before the first.</summary>
    public HostCursor(RouteTables tables, int scope, ReadOnlySpan<byte> host, ulong hostHash)
    {
        _tables = tables;
        _host = host;
        _hostHash = hostHash;
        _scope = scope;
        _stage = host.Length is 0 or > ConfigLimits.HostnameBytes ? Stage.Any : Stage.Exact;
    }

    private enum Stage
    {
        Exact,
        Wildcard,
        Any,
        End,
    }

    /// <summary>The next node, or -1 after the last.</summary>
    public int Next()
    {
        ref HostScope scope = ref _tables.Scopes[_scope];
        if (_stage == Stage.Exact)
        {
            _stage = scope.WildcardLabelCounts == 0 ? Stage.Any : Stage.Wildcard;
            _labelsLeft = _stage == Stage.Wildcard ? _host.Count((byte)'.') + 1 : 0;
            int node = scope.HasExact ? _tables.FindNode(_scope, _host, _hostHash, isWildcard: false) : -1;
            if (node >= 0)
                return node;
        }

        if (_stage == Stage.Wildcard)
        {
            int node = NextWildcard(scope.WildcardLabelCounts);
            if (node >= 0)
                return node;
            _stage = Stage.Any;
        }

        if (_stage == Stage.End)
            return -1;
        _stage = Stage.End;
        return scope.AnyNode;
    }

    private int NextWildcard(ulong labelCounts)
    {
        while (_labelsLeft > 1)
        {
            int step = _host[_dot..].IndexOf((byte)'.');
            bool isFirstEmpty = _dot + step == 0;
            _dot += step + 1;
            _labelsLeft--;
            if (isFirstEmpty || (labelCounts >> Math.Min(_labelsLeft, 63) & 1) == 0)
                continue;
            ReadOnlySpan<byte> suffix = _host[_dot..];
            int node = _tables.FindNode(_scope, suffix, _tables.Hash.Of(suffix), isWildcard: true);
            if (node >= 0)
                return node;
        }

        return -1;
    }
}
