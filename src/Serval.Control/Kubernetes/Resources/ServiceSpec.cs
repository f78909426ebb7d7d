namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of a Service.</summary>
internal sealed record ServiceSpec
{
    public string Type { get; init => field = value ?? "ClusterIP"; } = "ClusterIP";

    public IReadOnlyList<string> IpFamilies { get; init => field = value ?? []; } = [];

    public IReadOnlyList<ServicePort> Ports { get; init => field = value ?? []; } = [];
}
