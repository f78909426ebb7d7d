using Serval.Control.Resolving;

namespace Serval.Control;

/// <summary>What decides about objects beside the objects themselves.</summary>
internal sealed record TranslationOptions
{
    /// <summary>Gateways whose class names this controller are served.</summary>
    public string ControllerName { get; init; } = "serval.dev/gateway-controller";

    /// <summary>Where Gateways without addresses get theirs; empty means that they share all.</summary>
    public AddressPool Pool { get; init; } = AddressPool.Empty;

    /// <summary>Tells which certificates expire soon.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
