using System.Collections.Immutable;
using System.Net;
using Serval.Config;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Admitting;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Finds the ready endpoints of a Service's port in its EndpointSlices.</summary>
internal sealed class EndpointResolver(ClusterState state)
{
    private readonly ILookup<(string Namespace, string Service), EndpointSliceResource> _slices =
        state.EndpointSlices
            .Where(slice => slice.Metadata.Labels.ContainsKey(Labels.ServiceName))
            .ToLookup(slice => (slice.Metadata.Namespace, slice.Metadata.Labels[Labels.ServiceName]));

    private readonly SortedDictionary<string, Finding> _findings = new(StringComparer.Ordinal);

    /// <summary>At most one about each slice or port.</summary>
    public ImmutableArray<Finding> Findings => [.. _findings.Values];

    /// <summary>Sorted by address, then port, without repetitions.</summary>
    public ImmutableArray<Endpoint> Resolve(ServiceResource service, ServicePort servicePort)
    {
        SortedDictionary<(string Address, int Port), Endpoint> endpoints = new(EndpointOrder.Instance);
        foreach (EndpointSliceResource slice in _slices[(service.Metadata.Namespace, service.Metadata.Name)])
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
                if (port is { Protocol: "TCP", Port: { } number } && port.Name == servicePort.Name)
                    AddReady(slice, number, endpoints);
            }
        }
        if (endpoints.Count >= ConfigLimits.EndpointsPerCluster)
        {
            Tell(Severity.Warning, service.Key, "", Reason.TooMany,
                $"Port {servicePort.Port} has {ConfigLimits.EndpointsPerCluster} endpoints or more; no "
                + "more are used.");
        }
        if (endpoints.Count == 0)
        {
            Tell(Severity.Warning, service.Key, "", Reason.NoEndpoints,
                $"Port {servicePort.Port} has no ready endpoints, so requests to it answer 503.");
        }
        return [.. endpoints.Values];
    }

    private static void AddReady(
        EndpointSliceResource slice,
        int port,
        SortedDictionary<(string Address, int Port), Endpoint> endpoints)
    {
        foreach (SliceEndpoint endpoint in slice.Endpoints)
        {
            // Absent means ready, and means not terminating (EndpointConditions).
            if (endpoint.Conditions.Ready == false || endpoint.Conditions.Terminating == true
                || endpoint.Addresses.Count == 0)
                continue;
            // Addresses of one endpoint are interchangeable; the first is enough.
            if (!IpLiteral.TryParse(endpoint.Addresses[0], out IPAddress? address))
                continue;
            if (endpoints.Count >= ConfigLimits.EndpointsPerCluster)
                return;
            string text = address.ToString();
            endpoints.TryAdd((text, port), new Endpoint(text, port));
        }
    }

    private void Tell(Severity severity, ObjectKey key, string field, string reason, string message) =>
        _findings.TryAdd(
            $"{key} {field} {message}",
            new Finding(severity, key.ToString(), field, reason, message));
}
