namespace Serval.Control.Kubernetes.Resources;

/// <summary>An address of a Node; <see cref="Type"/> is ExternalIP, InternalIP or Hostname.</summary>
internal sealed record NodeAddress
{
    public required string Type { get; init; }

    public required string Address { get; init; }
}
