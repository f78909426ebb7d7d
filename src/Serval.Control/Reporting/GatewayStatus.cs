using System.Collections.Immutable;

namespace Serval.Control.Reporting;

/// <summary>Status of a Gateway.</summary>
public sealed record GatewayStatus
{
    /// <summary>Namespace of the Gateway.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the Gateway.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// IP addresses that its specification asks for; empty means all addresses of the routers.
    /// </summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>Accepted and Programmed.</summary>
    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary>In the order of the specification.</summary>
    public ImmutableArray<ListenerStatus> Listeners { get; init; } = [];
}
