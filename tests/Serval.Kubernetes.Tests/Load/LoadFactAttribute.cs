
namespace Serval.Kubernetes.Tests.Load;

/// <summary>A measurement: it runs when SERVAL_KUBERNETES_LOAD is set and an API server is at hand.</summary>
internal sealed class LoadFactAttribute : FactAttribute
{
    public LoadFactAttribute() => Skip = Environment.GetEnvironmentVariable("SERVAL_KUBERNETES_LOAD") is null
        ? "a measurement: make bench ARGS=\"--scenario kubernetes\""
        : KubernetesAssets.Missing;
}
