using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.Control.Publishing;

/// <summary>What a router says about itself between two pushes.</summary>
/// <param name="Version">The version that is live; null when none is.</param>
/// <param name="IsWaiting">Whether certificates of that version wait for their keys.</param>
/// <param name="Findings">
/// What is wrong with it now, the gravest first: listeners that are not bound are among them.
/// </param>
internal sealed record RouterReport(string? Version, bool IsWaiting, ImmutableArray<Finding> Findings);
