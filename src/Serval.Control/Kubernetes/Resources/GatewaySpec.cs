using System.Text.Json;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of a Gateway.</summary>
internal sealed record GatewaySpec
{
    public required string GatewayClassName { get; init; }

    public required IReadOnlyList<GatewayListener> Listeners { get; init => field = value ?? []; } = [];

    public IReadOnlyList<GatewayAddress> Addresses { get; init => field = value ?? []; } = [];

    public GatewayInfrastructure? Infrastructure { get; init; }

    public AllowedListeners AllowedListeners { get; init => field = value ?? new(); } = new();

    public GatewayTls? Tls { get; init; }

    public JsonElement? DefaultScope { get; init; }
}
