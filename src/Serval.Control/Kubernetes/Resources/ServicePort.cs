namespace Serval.Control.Kubernetes.Resources;

/// <summary>One port of a Service.</summary>
internal sealed record ServicePort
{
    public string Name { get; init => field = value ?? ""; } = "";

    public string Protocol { get; init => field = value ?? "TCP"; } = "TCP";

    public required int Port { get; init; }

    public string? AppProtocol { get; init; }
}
