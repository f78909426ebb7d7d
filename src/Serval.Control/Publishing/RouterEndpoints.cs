using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Publishing;

/// <summary>Which routers there are, and at which addresses clients reach them. Pure.</summary>
internal static class RouterEndpoints
{
    private const string AdminPort = "admin";

    /// <summary>
    /// The routers behind the EndpointSlices of their headless Service, one for each node, and those that
    /// were told by URL. Sorted by name.
    /// </summary>
    public static ImmutableArray<RouterEndpoint> Of(
        IEnumerable<EndpointSliceResource> slices, GatewayOptions options)
    {
        Dictionary<string, RouterEndpoint> found = new(StringComparer.Ordinal);
        string scheme = options.Access.UsesTls ? "https" : "http";
        // Of a router with addresses of both families the one of IPv4 is used.
        foreach (EndpointSliceResource slice in slices.OrderBy(slice =>
            slice.AddressType, StringComparer.Ordinal)
            .ThenBy(slice => slice.Metadata.Name, StringComparer.Ordinal))
        {
            SlicePort? port = slice.Ports.FirstOrDefault(port => port.Name == AdminPort)
                ?? slice.Ports.FirstOrDefault();
            if (port?.Port is not { } number)
                continue;
            foreach (SliceEndpoint endpoint in slice.Endpoints)
            {
                if (!IPAddress.TryParse(endpoint.Addresses.FirstOrDefault(), out IPAddress? address))
                    continue;
                string name = endpoint.NodeName ?? address.ToString();
                string host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]"
                    : $"{address}";
                found.TryAdd(name, new RouterEndpoint(
                    name, new Uri($"{scheme}://{host}:{number}"), endpoint.NodeName,
                    endpoint.Conditions.Ready ?? true));
            }
        }
        foreach (Uri url in options.DataPlaneUrls)
            found.TryAdd(url.Authority, new RouterEndpoint(url.Authority, url, null, IsReady: true));
        return [.. found.Values.OrderBy(router => router.Name, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Where clients reach the ready routers: the ExternalIPs of their nodes, else the InternalIPs, else the
    /// address of the admin API. Sorted.
    /// </summary>
    public static ImmutableArray<string> Addresses(
        ImmutableArray<RouterEndpoint> routers, IReadOnlyDictionary<string, NodeResource> nodes)
    {
        IEnumerable<string> found = routers.Where(router => router.IsReady).SelectMany(router =>
            router.NodeName is not null && nodes.TryGetValue(router.NodeName, out NodeResource? node)
                ? OfNode(node)
                : IPAddress.TryParse(router.Address.Host.Trim('[', ']'), out IPAddress? address)
                    && !IPAddress.IsLoopback(address)
                    ? [address.ToString()]
                    : []);
        return [.. found.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> OfNode(NodeResource node)
    {
        string[] external = [.. OfType(node, "ExternalIP")];
        return external.Length > 0 ? external : OfType(node, "InternalIP");
    }

    private static IEnumerable<string> OfType(NodeResource node, string type) =>
        node.Status.Addresses.Where(address => address.Type == type).Select(address => address.Address);
}
