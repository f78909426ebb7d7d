using System.Collections.Immutable;
using Serval.Common;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Follows the backend references of one route to Services and ServiceImports.</summary>
/// <remarks>Owner: one resolution of a route. It remembers the clusters that the route names.</remarks>
/// <param name="reader">Where to look.</param>
/// <param name="routeKind">Kind of the route.</param>
/// <param name="clientCertificate">
/// Name of the certificate that its Gateway presents to backends that are reached over TLS; null for none.
/// </param>
internal sealed class BackendResolver(ObjectReader reader, string routeKind, string? clientCertificate)
{
    private const int PortsNamed = 8;
    private readonly List<ClusterSource> _clusters = [];
    private int _nearNames;

    /// <summary>The clusters that were found, each once.</summary>
    public ImmutableArray<ClusterSource> Clusters => [.. _clusters];

    /// <summary>The cluster's name, or null after telling why there is none.</summary>
    public string? Resolve(
        BackendReference backend, string routeNamespace, string field, RouteVerdicts verdicts)
    {
        ObjectKey target = new(
            backend.Group, backend.Kind, backend.Namespace ?? routeNamespace, backend.Name);
        bool isService = target is { Group: Groups.Core, Kind: Kinds.Service };
        bool isImport = target is { Group: Groups.MultiCluster, Kind: Kinds.ServiceImport };
        if (!isService && !isImport)
        {
            string kind = backend.Group.Length == 0 ? backend.Kind : $"{backend.Group}/{backend.Kind}";
            verdicts.Unresolved(field, Reason.InvalidKind,
                $"Backends of kind {kind} are not supported; name a Service or a ServiceImport.");
            return null;
        }
        // Asked before the Service is looked for, so that nobody learns what another namespace holds.
        if (!ReferenceGrants.Allow(reader, routeKind, routeNamespace, target))
        {
            verdicts.Unresolved(field, Reason.RefNotPermitted,
                $"No ReferenceGrant in namespace {target.Namespace} lets {routeKind}s of {routeNamespace} "
                + $"name this {target.Kind}; add one there.");
            return null;
        }
        return FindPorts(target, routeNamespace, field, verdicts) is { } ports
            ? ResolvePort(backend, target, ports, field, verdicts)
            : null;
    }

    private IReadOnlyList<ServicePort>? FindPorts(
        ObjectKey target, string routeNamespace, string field, RouteVerdicts verdicts)
    {
        if (target.Kind == Kinds.ServiceImport && reader.Find<ServiceImportResource>(target) is { } import)
            return import.Spec.Ports;
        if (target.Kind == Kinds.ServiceImport || reader.Find<ServiceResource>(target) is not { } service)
        {
            verdicts.Unresolved(field, Reason.BackendNotFound,
                $"There is no {target.Kind} {target.Path}.{NearNameOf(target, routeNamespace)}");
            return null;
        }
        if (service.Spec.Type == "ExternalName")
        {
            verdicts.Unresolved(field, Reason.InvalidKind,
                $"Service {target.Path} is an ExternalName, which is not supported; use one with endpoints.");
            return null;
        }
        return service.Spec.Ports;
    }

    // A grant for one Service must not tell the names of others, so only the route's namespace is searched.
    private string NearNameOf(ObjectKey target, string routeNamespace)
    {
        if (target.Namespace != routeNamespace || _nearNames++ >= Limits.NearNamesPerRoute)
            return "";
        IReadOnlyCollection<ObjectKey> beside = reader.MemberKeys(ObjectSets.BesideOf(target));
        string? near = Spelling.FindNearest(
            beside.Take(Limits.NamesCompared).Select(key => key.Name), target.Name);
        return near is null ? "" : $" Did you mean {near}?";
    }

    private string? ResolvePort(
        BackendReference backend,
        ObjectKey target,
        IReadOnlyList<ServicePort> all,
        string field,
        RouteVerdicts verdicts)
    {
        string name = $"{target.Kind} {target.Path}";
        if (backend.Port is not { } number)
        {
            verdicts.Unresolved($"{field}.port", Reason.BackendNotFound,
                $"A reference to {name} needs a port; add it.");
            return null;
        }
        ServicePort[] ports = [.. all.Where(port => port.Port == number)];
        ServicePort? port = ports.FirstOrDefault(port => port.Protocol == "TCP");
        if (port is null)
        {
            if (ports.Length == 0)
            {
                string has = all.Count == 0
                    ? ""
                    : $"; it has {string.Join(", ", all.Take(PortsNamed).Select(port => port.Port))}"
                        + (all.Count > PortsNamed ? " and more" : "");
                verdicts.Unresolved(
                    $"{field}.port", Reason.BackendNotFound, $"{name} has no port {number}{has}.");
            }
            else
            {
                verdicts.Unresolved($"{field}.port", Reason.UnsupportedProtocol,
                    $"Port {number} of {name} is {ports[0].Protocol}; {Carried} needs TCP.");
            }
            return null;
        }
        bool isSecured = BackendPolicyResolver.FindFor(reader, target, port.Name) is not null;
        if (routeKind != Kinds.TlsRoute && !SpeaksHttp(port, name, field, isSecured, verdicts))
            return null;

        // A Service's name has no dot, so the two kinds of clusters never share a name.
        string suffix = target.Kind == Kinds.ServiceImport ? ".clusterset" : "";
        // Who presents another certificate shares no connections.
        string? certificate = isSecured ? clientCertificate : null;
        string identity = certificate is null ? "" : $"+{certificate}";
        ClusterSource cluster = new(
            $"{target.Path}{suffix}:{number}{identity}", target, number, certificate);
        if (!_clusters.Contains(cluster))
            _clusters.Add(cluster);
        return cluster.Name;
    }

    // WebSocket upgrades arrive over HTTP/1.1, so kubernetes.io/ws needs nothing special.
    private static bool SpeaksHttp(
        ServicePort port, string name, string field, bool isSecured, RouteVerdicts verdicts)
    {
        switch (port.AppProtocol)
        {
            case "https" or "tls" or "kubernetes.io/wss" or "wss" when isSecured:
                return true;
            case null or "" or "http" or "http/1.1" or "kubernetes.io/ws" or "ws":
                return true;
            case "https" or "tls" or "kubernetes.io/wss" or "wss":
                verdicts.Unresolved($"{field}.port", Reason.UnsupportedProtocol,
                    $"Port {port.Port} of {name} speaks {port.AppProtocol}; add a BackendTLSPolicy that says "
                    + "whose certificates are valid.");
                return false;
            case "kubernetes.io/h2c" or "h2c" or "http2" or "grpc":
                verdicts.Unresolved($"{field}.port", Reason.UnsupportedProtocol,
                    $"Port {port.Port} of {name} speaks {port.AppProtocol}, which is not "
                    + "supported; use http.");
                return false;
            default:
                verdicts.Warn($"{field}.port", Reason.Ignored,
                    $"Port {port.Port} of {name} has the unknown appProtocol '{port.AppProtocol}'; "
                    + "HTTP/1.1 is used.");
                return true;
        }
    }

    private string Carried => routeKind == Kinds.TlsRoute ? "TLS" : "HTTP";
}
