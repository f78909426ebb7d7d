using Serval.Config.Model;

namespace Serval.Config.Compiling;

/// <summary>A match of the route at hand, compiled once for all of its hostnames.</summary>
internal readonly record struct DraftMatch(
    PathMatchKind Kind, Slice Path, ulong PathHash, int Elements, int Specificity, Candidate Candidate);
