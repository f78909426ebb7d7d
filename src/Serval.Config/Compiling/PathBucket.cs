using Serval.Config.Model;

namespace Serval.Config.Compiling;

/// <summary>
/// The candidates that share hostname and path, in order of precedence. Blittable, 32 bytes.
/// </summary>
internal struct PathBucket
{
    /// <summary>
    /// The <see cref="HostNode"/> that it belongs to; -1 where a bucket was taken away.
    /// </summary>
    public int Node;

    /// <summary>How <see cref="Path"/> is compared.</summary>
    public PathMatchKind Kind;

    /// <summary>
    /// The path; of a prefix without its trailing slash, so <c>/</c> is empty; of regular expressions empty,
    /// since
    /// each candidate has its own.
    /// </summary>
    public Slice Path;

    /// <summary>
    /// The first candidate; here, because most paths have no other and a cache line is saved.
    /// </summary>
    public Candidate First;

    /// <summary>The other candidates.</summary>
    public Slice Rest;
}
