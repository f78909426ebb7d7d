namespace Serval.Config.Compiling;

/// <summary>A candidate before sorting. Blittable.</summary>
/// <param name="Bucket">Its bucket.</param>
/// <param name="Specificity">
/// Length of a regular expression, method, headers and query in one number; more specific is greater.
/// </param>
/// <param name="Sequence">Order of collection: oldest route, name, rule, match.</param>
/// <param name="Candidate">What remains.</param>
internal readonly record struct DraftCandidate(int Bucket, int Specificity, int Sequence, Candidate Candidate)
{
    /// <summary>More specific first, then in order of collection (Gateway API, HTTPRouteRule).</summary>
    public static int Compare(DraftCandidate x, DraftCandidate y) => x.Specificity != y.Specificity
        ? y.Specificity.CompareTo(x.Specificity)
        : x.Sequence.CompareTo(y.Sequence);
}
