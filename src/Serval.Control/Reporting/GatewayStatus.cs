using System.Collections.Immutable;
using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>Status of a Gateway.</summary>
public sealed record GatewayStatus : ObjectStatus
{
    /// <inheritdoc/>
    public override string Kind => Kinds.Gateway;

    /// <summary>
    /// IP addresses that its specification asks for or that it got; empty means all addresses of the routers.
    /// </summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>ListenerSets that add listeners to it.</summary>
    public int AttachedListenerSets { get; init; }

    /// <summary>Accepted and Programmed.</summary>
    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary>In the order of the specification.</summary>
    public ImmutableArray<ListenerStatus> Listeners { get; init; } = [];
}
