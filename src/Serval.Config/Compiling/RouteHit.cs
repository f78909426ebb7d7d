namespace Serval.Config.Compiling;

/// <summary>The answer of a lookup.</summary>
/// <param name="RuleId">For <see cref="CompiledSnapshot.Rule"/>; -1 when no rule matched.</param>
/// <param name="ListenerIndex">
/// The listener that the host selected, in <see cref="Model.Snapshot.Listeners"/>; -1 when no listener serves
/// it.
/// </param>
/// <param name="MatchedPrefixLength">
/// Bytes of the path that a prefix match consumed, without a trailing slash; 0 for other matches. For prefix
/// rewrites.
/// </param>
public readonly record struct RouteHit(int RuleId, int ListenerIndex, int MatchedPrefixLength);
