using System.Collections.Immutable;
using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>Status of a GatewayClass.</summary>
public sealed record GatewayClassStatus : ObjectStatus
{
    /// <inheritdoc/>
    public override string Kind => Kinds.GatewayClass;

    /// <summary>Accepted and SupportedVersion.</summary>
    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary>Names of features of the Gateway API, sorted.</summary>
    public ImmutableArray<string> SupportedFeatures { get; init; } = [];
}
