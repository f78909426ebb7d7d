using System.Net;
using Serval.Common.Addressing;
using Serval.Config;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>
/// Finds the endpoints of one cluster in the EndpointSlices of its Service or ServiceImport.
/// </summary>
/// <remarks>Owner: one resolution of a cluster.</remarks>
internal sealed class EndpointResolver
{
    private readonly ObjectReader _reader;
    private readonly BackendPolicyResolver _policies;
    private readonly ClusterSource _source;
    private readonly SortedDictionary<string, Finding> _findings = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Address, int Port), SourcedEndpoint> _usable =
        new(EndpointOrder.Instance);
    private ServicePlacement _placement = ServicePlacement.Local;

    private EndpointResolver(ObjectReader reader, BackendPolicyResolver policies, ClusterSource source)
    {
        _reader = reader;
        _policies = policies;
        _source = source;
    }

    /// <summary>The cluster; without endpoints when its Service has vanished.</summary>
    public static ResolvedCluster Resolve(
        ObjectReader reader, BackendPolicyResolver policies, ClusterSource source)
    {
        EndpointResolver resolver = new(reader, policies, source);
        EndpointSet endpoints = resolver.Resolve(out ResolvedBackendPolicy? policy);
        return new ResolvedCluster(source, endpoints, [.. resolver._findings.Values])
        {
            Tls = policy?.Tls is { } tls ? tls with { ClientCertificate = source.ClientCertificate } : null,
            Authorities = policy?.Authorities ?? [],
        };
    }

    private EndpointSet Resolve(out ResolvedBackendPolicy? policy)
    {
        policy = null;
        Resource? target = _reader.Find<Resource>(_source.Target);
        IReadOnlyList<ServicePort> ports = target switch
        {
            ServiceResource service => service.Spec.Ports,
            ServiceImportResource import => import.Spec.Ports,
            _ => [],
        };
        ServicePort? port = ports.FirstOrDefault(p => p.Port == _source.Port && p.Protocol == "TCP");
        if (target is null || port is null)
            return new EndpointSet(_source.Name, []);
        policy = BackendPolicyResolver.FindFor(_reader, _source.Target, port.Name) is { } found
            ? _policies.Resolve(found)
            : null;
        if (policy is { Tls: null })
        {
            // To send in clear text what a policy wants encrypted would be worse than to send nothing.
            Tell(Severity.Error, _source.Target, "", Reason.NoEndpoints,
                $"{policy.Source.Key} wants TLS to port {_source.Port} and cannot be followed, so requests "
                + "to it answer 503; see its status.");
            return new EndpointSet(_source.Name, []);
        }
        ServiceResource? derived = FindDerived(target);
        _placement = ServicePlacement.Of(target, derived, (key, field, message) =>
            Tell(Severity.Warning, key, field, Reason.InvalidValue, message));
        EndpointSliceResource[] slices = [.. SlicesOf(target, derived).Where(_placement.Takes)];
        // Who is going away but still answers is asked only where nobody else is left (KEP-1669).
        Collect(slices, port, isDraining: false);
        if (_usable.Count == 0)
            Collect(slices, port, isDraining: true);
        if (_usable.Count >= ConfigLimits.EndpointsPerCluster)
        {
            Tell(Severity.Warning, _source.Target, "", Reason.TooMany,
                $"Port {_source.Port} has {ConfigLimits.EndpointsPerCluster} endpoints or more; no "
                + "more are used.");
        }
        if (_usable.Count == 0)
        {
            Tell(Severity.Warning, _source.Target, "", Reason.NoEndpoints,
                $"Port {_source.Port} has no ready endpoints, so requests to it answer 503. "
                + WhyNone(slices, port));
        }
        return _placement.Order(_source.Name, _usable.Values);
    }

    // Cilium makes a Service for each ServiceImport, in its namespace, and names it there.
    private ServiceResource? FindDerived(Resource target) =>
        target is ServiceImportResource && Annotations.Find(target, Annotations.DerivedService) is { } name
            ? _reader.Find<ServiceResource>(
                new ObjectKey(Groups.Core, Kinds.Service, target.Metadata.Namespace, name))
            : null;

    // Slices of a cluster set carry the label of the ServiceImport, that of the derived Service, or both.
    private IEnumerable<EndpointSliceResource> SlicesOf(Resource target, ServiceResource? derived)
    {
        (string @namespace, string name) = (target.Metadata.Namespace, target.Metadata.Name);
        if (target is ServiceResource)
            return _reader.Members<EndpointSliceResource>(ObjectSets.SlicesOfService(@namespace, name));
        IEnumerable<EndpointSliceResource> slices =
            _reader.Members<EndpointSliceResource>(ObjectSets.SlicesOfImport(@namespace, name));
        return derived is null
            ? slices
            : slices.Concat(_reader.Members<EndpointSliceResource>(
                    ObjectSets.SlicesOfService(@namespace, derived.Metadata.Name)))
                .DistinctBy(slice => slice.Key);
    }

    private static string WhyNone(EndpointSliceResource[] slices, ServicePort port)
    {
        if (slices.Length == 0)
            return "No EndpointSlice belongs to it.";
        string[] names = [.. slices.SelectMany(slice => slice.Ports).Select(p => p.Name).Distinct().Take(4)];
        if (!names.Contains(port.Name))
        {
            return $"Its port is named '{port.Name}', those of its EndpointSlices "
                + $"{string.Join(", ", names.Select(name => $"'{name}'"))}; the names must be equal.";
        }
        int count = slices.Sum(slice => slice.Endpoints.Count);
        return count == 0
            ? "Its EndpointSlices hold no endpoints."
            : $"Its EndpointSlices hold {count} endpoints, none of them ready and usable.";
    }

    private void Collect(EndpointSliceResource[] slices, ServicePort servicePort, bool isDraining)
    {
        foreach (EndpointSliceResource slice in slices)
        {
            if (slice.AddressType == "FQDN")
            {
                Tell(Severity.Warning, slice.Key, "addressType", Reason.UnsupportedValue,
                    "Endpoints by name (FQDN) are not supported and left out; use IPv4 or IPv6.");
                continue;
            }
            // A slice's port carries the name of the Service's port; its number is the resolved target port.
            foreach (SlicePort port in slice.Ports)
            {
                if (port is { Protocol: "TCP", Port: >= 1 and <= 65535 } && port.Name == servicePort.Name)
                    Collect(slice, port.Port.Value, isDraining);
            }
        }
    }

    private void Collect(EndpointSliceResource slice, int port, bool isDraining)
    {
        foreach (SliceEndpoint endpoint in slice.Endpoints)
        {
            if (!IsUsable(endpoint.Conditions, isDraining) || endpoint.Addresses.Count == 0)
                continue;
            // Addresses of one endpoint are interchangeable; the first is enough.
            if (!IpLiteral.TryParse(endpoint.Addresses[0], out IPAddress? address))
                continue;
            if (_usable.Count >= ConfigLimits.EndpointsPerCluster)
                return;
            string text = address.ToString();
            SourcedEndpoint found =
                new(new Endpoint(text, port), ServicePlacement.SourceOf(slice), address.AddressFamily);
            // The same endpoint may stand in a slice of ours and in a mirrored one: ours says more.
            if (!_usable.TryAdd((text, port), found) && found.Source is null)
                _usable[(text, port)] = found;
        }
    }

    // Absent ready means ready, absent serving means the same as ready, absent terminating means not
    // (EndpointConditions).
    private static bool IsUsable(SliceConditions conditions, bool isDraining) => isDraining
        ? conditions.Terminating == true && (conditions.Serving ?? conditions.Ready ?? true)
        : conditions.Ready != false && conditions.Terminating != true;

    private void Tell(Severity severity, ObjectKey key, string field, string reason, string message) =>
        _findings.TryAdd(
            $"{key} {field} {message}",
            new Finding(severity, key.ToString(), field, reason, message));
}
