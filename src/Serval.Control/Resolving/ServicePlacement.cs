using System.Collections.Immutable;
using System.Net.Sockets;
using Serval.Config.Model;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>
/// Which endpoints a Service means and which of them come first: those of this cluster, those of the whole
/// mesh (Cilium's global Services, GEP-1748 for ServiceImports), and which address family.
/// </summary>
internal sealed record ServicePlacement(bool IsGlobal, EndpointAffinity Affinity, AddressFamily? Family)
{
    private const string LocalMirror = "endpointslice-local-mcsapi-controller.cilium.io";

    /// <summary>This cluster's endpoints alone.</summary>
    public static ServicePlacement Local { get; } = new(false, EndpointAffinity.None, null);

    /// <summary>What a Service or ServiceImport says; doubts go to <paramref name="warn"/>.</summary>
    /// <param name="target">The Service or ServiceImport.</param>
    /// <param name="derived">
    /// The Service that Cilium made for the ServiceImport, or null. What it says comes before what the
    /// ServiceImport says, because Cilium itself obeys the Service.
    /// </param>
    /// <param name="warn">Told the object, the field and the message.</param>
    public static ServicePlacement Of(
        Resource target, ServiceResource? derived, Action<ObjectKey, string, string> warn)
    {
        bool isGlobal = target is ServiceImportResource || Annotations.IsTrue(target, Annotations.Global);
        ServiceResource? service = target as ServiceResource ?? derived;
        IReadOnlyList<string> families = service?.Spec.IpFamilies ?? [];
        // Both families of a dual-stack Service lead to the same pods: one is enough, and the first is meant.
        AddressFamily? family = families.Count < 2 ? null
            : families[0] == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        bool decides = derived is not null && Annotations.Find(derived, Annotations.Affinity) is not null;
        return new ServicePlacement(
            isGlobal, isGlobal ? AffinityOf(decides ? derived! : target, warn) : default, family);
    }

    /// <summary>The cluster that a slice's endpoints are in, or null for this one.</summary>
    public static string? SourceOf(EndpointSliceResource slice)
    {
        bool isLocal = slice.Metadata.Labels.GetValueOrDefault(Labels.ManagedBy) == LocalMirror;
        string? source = slice.Metadata.Labels.GetValueOrDefault(Labels.SourceCluster);
        return isLocal || string.IsNullOrEmpty(source) ? null : source;
    }

    /// <summary>True when a slice counts: it is ours, or the Service spans clusters.</summary>
    public bool Takes(EndpointSliceResource slice) =>
        (IsGlobal || SourceOf(slice) is null) && Annotations.Find(slice, Annotations.Weight) != "0";

    /// <summary>The endpoints in their order of preference.</summary>
    public EndpointSet Order(string cluster, IReadOnlyCollection<SourcedEndpoint> endpoints)
    {
        if (Family is { } family && endpoints.Any(endpoint => endpoint.Family == family))
            endpoints = [.. endpoints.Where(endpoint => endpoint.Family == family)];
        ImmutableArray<Endpoint> preferred = [.. endpoints.Where(IsPreferred).Select(e => e.Endpoint)];
        ImmutableArray<Endpoint> rest = [.. endpoints.Where(e => !IsPreferred(e)).Select(e => e.Endpoint)];
        return new EndpointSet(cluster, preferred)
        {
            Affinity = Affinity,
            Fallback = rest,
            Sources =
            [
                .. endpoints.Where(endpoint => endpoint.Source is not null)
                    .GroupBy(endpoint => endpoint.Source!, StringComparer.Ordinal)
                    .OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => new EndpointSource(group.Key, [.. group.Select(e => e.Endpoint)])),
            ],
        };
    }

    private bool IsPreferred(SourcedEndpoint endpoint) => Affinity switch
    {
        EndpointAffinity.Local => endpoint.Source is null,
        EndpointAffinity.Remote => endpoint.Source is not null,
        _ => true,
    };

    private static EndpointAffinity AffinityOf(Resource source, Action<ObjectKey, string, string> warn)
    {
        switch (Annotations.Find(source, Annotations.Affinity)?.ToLowerInvariant())
        {
            case "local":
                return EndpointAffinity.Local;
            case "remote":
                return EndpointAffinity.Remote;
            case null or "" or "none":
                return EndpointAffinity.None;
            case { } unknown:
                warn(source.Key, $"metadata.annotations[{Annotations.Affinity[0]}]",
                    $"'{unknown}' is not an affinity; use local, remote or none. None is used.");
                return EndpointAffinity.None;
        }
    }
}
