using Serval.Config.Model;

namespace Serval.Config.Compiling;

/// <summary>A rule that a lookup looked at.</summary>
/// <param name="Route">Name of its route.</param>
/// <param name="RuleIndex">Its place in the route.</param>
/// <param name="Hostname">The hostname under which it was found; <c>*</c> stands for every host.</param>
/// <param name="PathKind">How its path is compared.</param>
/// <param name="Path">
/// Its path; of a prefix without trailing slash, of a regular expression the pattern.
/// </param>
/// <param name="Failed">
/// What kept it from matching; <see cref="FailedPredicate.None"/> for the one that did.
/// </param>
public sealed record ExplainedRule(
    string Route, int RuleIndex, string Hostname, PathMatchKind PathKind, string Path,
    FailedPredicate Failed);
