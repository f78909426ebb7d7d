using System.Text.Json;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>What a Gateway asks of the machinery created for it; Serval creates none.</summary>
internal sealed record GatewayInfrastructure
{
    public JsonElement? Labels { get; init; }

    public JsonElement? Annotations { get; init; }

    public JsonElement? ParametersRef { get; init; }
}
