using System.Collections.Immutable;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>A ListenerPolicy that has a target of ours, or one that is not there.</summary>
/// <param name="Source">The policy.</param>
/// <param name="Targets">
/// What became of each target, in their written order; those of others are left out.
/// </param>
internal sealed record ResolvedPolicy(
    ListenerPolicyResource Source, ImmutableArray<(PolicyTarget Target, Verdict Accepted)> Targets);
