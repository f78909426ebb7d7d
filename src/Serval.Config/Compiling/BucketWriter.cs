using Serval.Config.Model;

namespace Serval.Config.Compiling;

/// <summary>Puts the sorted candidates of a path where lookups find them.</summary>
internal static class BucketWriter
{
    /// <summary>
    /// Writes one bucket of a placed node; the only one of a node goes into the node itself.
    /// </summary>
    public static void Write(
        RouteTables tables, int place, bool isOnly, PathMatchKind kind, Slice path, ulong pathHash,
        ReadOnlySpan<DraftCandidate> candidates)
    {
        int restStart = tables.Candidates.Count;
        foreach (ref readonly DraftCandidate candidate in candidates[1..])
            tables.Candidates.Add(candidate.Candidate);
        PathBucket bucket = new()
        {
            Node = place,
            Kind = kind,
            Path = path,
            First = candidates[0].Candidate,
            Rest = new Slice(restStart, tables.Candidates.Count - restStart),
        };
        ref HostNode node = ref tables.Nodes[place];
        node.IsSingle = isOnly;
        if (isOnly)
        {
            node.Only = bucket;
            if (node.IsPathNear)
                tables.Bytes.Slice(path).CopyTo(((Span<byte>)node.Near)[node.Host.Count..]);
        }
        else
        {
            int at = Place(tables, bucket, pathHash);
            if (kind == PathMatchKind.Regex)
                node.RegexBucket = at;
        }
    }

    private static int Place(RouteTables tables, in PathBucket bucket, ulong pathHash)
    {
        uint hash = tables.Hash.InScope(pathHash, bucket.Node, bucket.Kind == PathMatchKind.Prefix);
        int at = Placing.Free(tables.Buckets, hash);
        ref PathSlot slot = ref tables.Buckets[at];
        if (!slot.IsUsed)
            tables.BucketsUsed++;
        slot = new PathSlot { Hash = hash, IsUsed = true, Bucket = bucket };
        if (bucket.Path.Count <= PathBytes.Length)
            tables.Bytes.Slice(bucket.Path).CopyTo(slot.Near);
        return at;
    }
}
