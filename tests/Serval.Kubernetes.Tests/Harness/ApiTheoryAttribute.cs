namespace Serval.Kubernetes.Tests.Harness;

/// <summary>The same as <see cref="ApiFactAttribute"/> with rows.</summary>
internal sealed class ApiTheoryAttribute : TheoryAttribute
{
    public ApiTheoryAttribute() => Skip = KubernetesAssets.Missing;
}
