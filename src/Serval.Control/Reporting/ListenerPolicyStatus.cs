using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>Status of a ListenerPolicy: what became of each target of this controller.</summary>
public sealed record ListenerPolicyStatus : PolicyStatus
{
    /// <inheritdoc/>
    public override string Kind => Kinds.ListenerPolicy;

    /// <inheritdoc/>
    public override string Group => Groups.Serval;
}
