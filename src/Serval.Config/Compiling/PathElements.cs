using Serval.Config.Model;

namespace Serval.Config.Compiling;

/// <summary>
/// A path cut at its element boundaries, with the hash of everything up to each: one pass serves the exact
/// lookup
/// and every prefix. An element is a slash and what follows it up to the next, so <c>/a//b/</c> has four.
/// </summary>
internal ref struct PathElements
{
    private readonly ReadOnlySpan<byte> _path;
    private readonly Span<ulong> _hashes;
    private readonly Span<int> _ends;
    private bool _isCut;

    /// <summary>
    /// Bounds the work on one path; both spans have one place more than prefixes may have elements.
    /// </summary>
    public PathElements(ReadOnlySpan<byte> path, Span<ulong> hashes, Span<int> ends)
    {
        _path = path;
        _hashes = hashes;
        _ends = ends;
    }

    /// <summary>Boundaries known, at most as many as the longest prefix has.</summary>
    public int Count { get; private set; }

    /// <summary>Hash of the whole path; only for paths that are short enough to equal an exact one.</summary>
    public ulong WholeHash { get; private set; }

    /// <summary>Cuts the path, once.</summary>
    public void Cut(RouteTables tables)
    {
        if (_isCut)
            return;
        _isCut = true;
        bool isWholeWanted = _path.Length <= tables.ExactBytesMax;
        ulong hash = tables.Hash.Seed;
        int at = 0;
        _hashes[0] = hash;
        _ends[0] = 0;
        while (at < _path.Length && (isWholeWanted || Count < tables.PrefixElementsMax))
        {
            int end = End(_path, at);
            hash = tables.Hash.Continue(hash, _path[at..end]);
            at = end;
            if (Count < tables.PrefixElementsMax)
            {
                Count++;
                _hashes[Count] = hash;
                _ends[Count] = at;
            }
        }

        WholeHash = hash;
    }

    /// <summary>Hash of the first elements.</summary>
    public readonly ulong Hash(int elements) => _hashes[elements];

    /// <summary>The first elements.</summary>
    public readonly ReadOnlySpan<byte> Prefix(int elements) => _path[.._ends[elements]];

    /// <summary>The hash that <see cref="Cut"/> will find, and how many elements there are.</summary>
    public static (ulong Hash, int Elements) Of(ReadOnlySpan<byte> path, KeyedHash keyed)
    {
        ulong hash = keyed.Seed;
        int elements = 0;
        for (int at = 0; at < path.Length; elements++)
        {
            int end = End(path, at);
            hash = keyed.Continue(hash, path[at..end]);
            at = end;
        }

        return (hash, elements);
    }

    /// <summary>True when a path equals a bucket's, or begins with all of its elements.</summary>
    public static bool IsMatch(PathMatchKind kind, ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> path)
    {
        if (kind == PathMatchKind.Regex)
            return true; // Each candidate has its own expression.
        if (!path.StartsWith(wanted))
            return false;
        if (path.Length == wanted.Length)
            return kind == PathMatchKind.Exact || path.Length > 0;
        return kind == PathMatchKind.Prefix && path[wanted.Length] == (byte)'/';
    }

    /// <summary>A prefix as it is compared: without its trailing slash.</summary>
    public static ReadOnlySpan<char> NormalizePrefix(ReadOnlySpan<char> prefix) =>
        prefix is [.., '/'] ? prefix[..^1] : prefix;

    private static int End(ReadOnlySpan<byte> path, int start)
    {
        int slash = path[(start + 1)..].IndexOf((byte)'/');
        return slash < 0 ? path.Length : start + 1 + slash;
    }
}
