namespace Serval.Kubernetes.Tests.Harness;

/// <summary>A test that needs a real API server; skipped, with the reason, where there is none.</summary>
internal sealed class ApiFactAttribute : FactAttribute
{
    public ApiFactAttribute() => Skip = KubernetesAssets.Missing;
}
