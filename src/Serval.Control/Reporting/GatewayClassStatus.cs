using System.Collections.Immutable;

namespace Serval.Control.Reporting;

/// <summary>Status of a GatewayClass.</summary>
public sealed record GatewayClassStatus(string Name, ImmutableArray<Condition> Conditions);
