namespace Serval.Control.Kubernetes.Resources;

/// <summary>One listener of a Gateway.</summary>
internal sealed record GatewayListener
{
    public required string Name { get; init; }

    public string? Hostname { get; init; }

    public required int Port { get; init; }

    public required string Protocol { get; init; }

    public GatewayListenerTls? Tls { get; init; }

    public AllowedRoutes AllowedRoutes { get; init => field = value ?? new(); } = new();
}
