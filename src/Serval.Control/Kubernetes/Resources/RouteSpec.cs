using System.Text.Json;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>What the specifications of all kinds of routes have in common.</summary>
internal record RouteSpec
{
    public IReadOnlyList<ParentReference> ParentRefs { get; init => field = value ?? []; } = [];

    /// <summary>Only HTTPRoute, GRPCRoute and TLSRoute have hostnames.</summary>
    public IReadOnlyList<string> Hostnames { get; init => field = value ?? []; } = [];

    public JsonElement? UseDefaultGateways { get; init; }
}
