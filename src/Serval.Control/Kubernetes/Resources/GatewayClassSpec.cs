using System.Text.Json;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of a GatewayClass.</summary>
internal sealed record GatewayClassSpec
{
    public required string ControllerName { get; init; }

    public JsonElement? ParametersRef { get; init; }
}
