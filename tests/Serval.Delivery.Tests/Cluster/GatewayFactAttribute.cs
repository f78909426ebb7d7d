using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>
/// A test that needs a real API server and the published program; skipped, with the reason, without.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GatewayFactAttribute : FactAttribute
{
    public GatewayFactAttribute() => Skip = KubeServer.Missing ?? RunningRole.Missing;
}
