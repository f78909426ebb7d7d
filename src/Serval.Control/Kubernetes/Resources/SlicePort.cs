namespace Serval.Control.Kubernetes.Resources;

/// <summary>A port of every endpoint of a slice.</summary>
internal sealed record SlicePort
{
    public string Name { get; init => field = value ?? ""; } = "";

    public string Protocol { get; init => field = value ?? "TCP"; } = "TCP";

    public int? Port { get; init; }
}
