using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>
/// Status of a BackendTLSPolicy: the same for each Gateway of this controller that sends something to its
/// targets.
/// </summary>
public sealed record BackendTlsPolicyStatus : PolicyStatus
{
    /// <inheritdoc/>
    public override string Kind => Kinds.BackendTlsPolicy;
}
