using System.Collections.Immutable;

namespace Serval.Config.Compiling;

/// <summary>Which way a lookup went, and why.</summary>
/// <param name="Hit">The answer, the same that <see cref="CompiledSnapshot.Match"/> gives.</param>
/// <param name="Listener">The listener that was chosen and why, in words.</param>
/// <param name="Hostnames">
/// Hostnames of routes that were tried, in order; <c>*</c> stands for every host.
/// </param>
/// <param name="Rules">
/// Rules that were tested, in order; then, when none matched, those of the same hostnames whose path differs.
/// </param>
/// <param name="IsTruncated">
/// True when there were more than <see cref="ConfigLimits.ExplainedRules"/> rules.
/// </param>
public sealed record RouteExplanation(
    RouteHit Hit, string Listener, ImmutableArray<string> Hostnames, ImmutableArray<ExplainedRule> Rules,
    bool IsTruncated);
