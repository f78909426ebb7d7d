using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>A theory that needs a real API server and the published program.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GatewayTheoryAttribute : TheoryAttribute
{
    public GatewayTheoryAttribute() => Skip = KubeServer.Missing ?? RunningRole.Missing;
}
