namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of a ServiceImport.</summary>
internal sealed record ServiceImportSpec
{
    public IReadOnlyList<ServicePort> Ports { get; init => field = value ?? []; } = [];
}
