using System.Collections.Immutable;
using Serval.Control.Publishing;

namespace Serval.Control;

/// <summary>What a gateway does, and for whom.</summary>
public sealed record GatewayOptions
{
    /// <summary>A kubeconfig file; null for the service account of the pod.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Gateways whose class names this controller are served.</summary>
    public string ControllerName { get; init; } = "serval.dev/gateway-controller";

    /// <summary>Namespace and name of the headless Service of the routers; null for none.</summary>
    public (string Namespace, string Name)? RouterService { get; init; }

    /// <summary>Admin APIs of routers that are not found by a Service.</summary>
    public ImmutableArray<Uri> DataPlaneUrls { get; init; } = [];

    /// <summary>Credentials at routers.</summary>
    public RouterAccess Access { get; init; } = new();

    /// <summary>
    /// Networks whose addresses Gateways without one get, as CIDR; empty: they share the routers'.
    /// </summary>
    public ImmutableArray<string> AddressPools { get; init; } = [];

    /// <summary>Namespace of the Lease that elects the replica that writes status.</summary>
    public string LeaseNamespace { get; init; } = "serval-system";

    /// <summary>Name of that Lease.</summary>
    public string LeaseName { get; init; } = "serval-gateway";

    /// <summary>Name of this replica, unique: pod and UID.</summary>
    public required string Identity { get; init; }

    /// <summary>Validity of the Lease in seconds; renewal and retries follow from it.</summary>
    public int LeaseSeconds { get; init; } = Leadership.LeadershipLimits.LeaseSeconds;
}
