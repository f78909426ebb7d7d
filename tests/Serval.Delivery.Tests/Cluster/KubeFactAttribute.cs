namespace Serval.Delivery.Tests.Cluster;

/// <summary>A test that needs a real API server; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KubeFactAttribute : FactAttribute
{
    public KubeFactAttribute() => Skip = KubeServer.Missing;
}
