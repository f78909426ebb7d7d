using System.Collections.Immutable;
using System.Net;
using Serval.Common.Addressing;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>
/// Which addresses each Gateway has: those that it asks for, else one of the pool, else all of the routers.
/// Decided by the objects alone, so that every replica decides the same.
/// </summary>
/// <remarks>Owner: one resolution. Bound: the Gateways and the size of the pool.</remarks>
internal sealed class AddressAssignment
{
    private static readonly Verdict HasAddress = Verdict.Yes(Reason.Programmed, "The Gateway is addressed.");
    private readonly Dictionary<ObjectKey, ImmutableArray<string>> _byGateway = [];
    private readonly AddressPool _pool;

    /// <summary>Assigns addresses to Gateways, the oldest first.</summary>
    public AddressAssignment(AddressPool pool, IReadOnlyCollection<GatewayResource> oldestFirst)
    {
        _pool = pool;
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (GatewayResource gateway in oldestFirst)
        {
            ImmutableArray<string> asked = Asked(gateway);
            if (asked.IsEmpty && !pool.IsEmpty)
                continue;
            _byGateway.Add(gateway.Key, asked);
            taken.UnionWith(asked);
        }
        if (pool.IsEmpty)
            return;
        // What a Gateway has, as its status says, it keeps: addresses must not move when others come and go.
        foreach (GatewayResource gateway in oldestFirst)
        {
            if (!_byGateway.ContainsKey(gateway.Key) && Kept(gateway, taken) is { } kept)
                _byGateway.Add(gateway.Key, [kept]);
        }
        foreach (GatewayResource gateway in oldestFirst)
        {
            if (_byGateway.ContainsKey(gateway.Key) || pool.FindFree(gateway.Key, taken) is not { } free)
                continue;
            taken.Add(free);
            _byGateway.Add(gateway.Key, [free]);
        }
    }

    /// <summary>IP literals, sorted; empty means all addresses of the routers.</summary>
    public ImmutableArray<string> AddressesOf(GatewayResource gateway) =>
        _byGateway.GetValueOrDefault(gateway.Key, []);

    /// <summary>False when the pool had no address left.</summary>
    public Verdict VerdictOf(GatewayResource gateway) => _byGateway.ContainsKey(gateway.Key)
        ? HasAddress
        : Verdict.No(Reason.AddressNotAssigned,
            $"Every address of the pool {_pool} is taken; widen it or give the Gateway spec.addresses.");

    private static ImmutableArray<string> Asked(GatewayResource gateway) =>
    [
        .. gateway.Spec.Addresses
            .Where(address => address.Value.Length > 0)
            .Select(address => IpLiteral.TryParse(address.Value, out IPAddress? parsed)
                ? parsed.ToString()
                : null)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    private string? Kept(GatewayResource gateway, HashSet<string> taken)
    {
        foreach (GatewayAddress address in gateway.Status.Addresses)
        {
            if (IpLiteral.TryParse(address.Value, out IPAddress? parsed) && _pool.Contains(parsed)
                && taken.Add(parsed.ToString()))
                return parsed.ToString();
        }
        return null;
    }
}
