using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Follows backend references to Services and their endpoints.</summary>
/// <remarks>Owner: one resolution. It remembers the clusters that it found.</remarks>
internal sealed class BackendResolver(ClusterState state)
{
    private readonly Dictionary<ObjectKey, ServiceResource> _services =
        state.Services.ToDictionary(service => service.Key);
    private readonly ReferenceGrants _grants = new(state);
    private readonly EndpointResolver _slices = new(state);
    private readonly SortedDictionary<string, ImmutableArray<Endpoint>> _endpoints = new(
        StringComparer.Ordinal);

    /// <summary>Endpoints by cluster name.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<Endpoint>> Endpoints => _endpoints;

    /// <summary>About Services and EndpointSlices that routes use.</summary>
    public ImmutableArray<Finding> Findings => _slices.Findings;

    /// <summary>The cluster's name, or null after telling why there is none.</summary>
    public string? Resolve(
        BackendReference backend, string routeNamespace, string field, RouteVerdicts verdicts)
    {
        if (backend is not { Group: Groups.Core, Kind: Kinds.Service })
        {
            string kind = backend.Group.Length == 0 ? backend.Kind : $"{backend.Group}/{backend.Kind}";
            verdicts.Unresolved(field, Reason.InvalidKind,
                $"Backends of kind {kind} are not supported; name a Service.");
            return null;
        }
        string @namespace = backend.Namespace ?? routeNamespace;
        ObjectKey key = new(Groups.Core, Kinds.Service, @namespace, backend.Name);
        // Asked before the Service is looked for, so that nobody learns what another namespace holds.
        if (!_grants.AllowRouteToService(routeNamespace, @namespace, backend.Name))
        {
            verdicts.Unresolved(field, Reason.RefNotPermitted,
                $"No ReferenceGrant in namespace {@namespace} lets HTTPRoutes of {routeNamespace} name "
                + "this Service; add one there.");
            return null;
        }
        if (!_services.TryGetValue(key, out ServiceResource? service))
        {
            verdicts.Unresolved(field, Reason.BackendNotFound, $"There is no Service {key.Path}.");
            return null;
        }
        return ResolvePort(backend, service, field, verdicts);
    }

    private string? ResolvePort(
        BackendReference backend, ServiceResource service, string field, RouteVerdicts verdicts)
    {
        string path = service.Key.Path;
        if (service.Spec.Type == "ExternalName")
        {
            verdicts.Unresolved(field, Reason.InvalidKind,
                $"Service {path} is an ExternalName, which is not supported; use one with endpoints.");
            return null;
        }
        if (backend.Port is not { } number)
        {
            verdicts.Unresolved($"{field}.port", Reason.BackendNotFound,
                $"A reference to Service {path} needs a port; add it.");
            return null;
        }
        ServicePort[] ports = [.. service.Spec.Ports.Where(port => port.Port == number)];
        ServicePort? port = ports.FirstOrDefault(port => port.Protocol == "TCP");
        if (port is null)
        {
            if (ports.Length == 0)
            {
                verdicts.Unresolved($"{field}.port", Reason.BackendNotFound,
                    $"Service {path} has no port {number}.");
            }
            else
            {
                verdicts.Unresolved($"{field}.port", Reason.UnsupportedProtocol,
                    $"Port {number} of Service {path} is {ports[0].Protocol}; HTTP needs TCP.");
            }
            return null;
        }
        if (!SpeaksHttp(port, path, field, verdicts))
            return null;

        string cluster = $"{path}:{number}";
        if (!_endpoints.ContainsKey(cluster))
            _endpoints.Add(cluster, _slices.Resolve(service, port));
        return cluster;
    }

    // WebSocket upgrades arrive over HTTP/1.1, so kubernetes.io/ws needs nothing special.
    private static bool SpeaksHttp(ServicePort port, string path, string field, RouteVerdicts verdicts)
    {
        switch (port.AppProtocol)
        {
            case null or "" or "http" or "http/1.1" or "kubernetes.io/ws" or "ws":
                return true;
            case "kubernetes.io/h2c" or "h2c" or "http2" or "grpc":
            case "https" or "tls" or "kubernetes.io/wss" or "wss":
                verdicts.Unresolved($"{field}.port", Reason.UnsupportedProtocol,
                    $"Port {port.Port} of Service {path} speaks {port.AppProtocol}, which is not "
                    + "supported; use http.");
                return false;
            default:
                verdicts.Warn($"{field}.port", Reason.Ignored,
                    $"Port {port.Port} of Service {path} has the unknown appProtocol '{port.AppProtocol}'; "
                    + "HTTP/1.1 is used.");
                return true;
        }
    }
}
