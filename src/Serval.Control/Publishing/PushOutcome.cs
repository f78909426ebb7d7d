using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.Control.Publishing;

/// <summary>A router's answer to a push.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="Version">The version that is live on it, where the answer says so.</param>
/// <param name="Findings">Why it refused, or listeners that are not bound.</param>
/// <param name="Message">For people; empty on success.</param>
internal sealed record PushOutcome(
    PushOutcomeKind Kind, string? Version, ImmutableArray<Finding> Findings, string Message);
