using System.Runtime.InteropServices;
using Serval.Control.Kubernetes;
using Serval.Control.Resolving;

namespace Serval.Control.Reporting;

/// <summary>Which Gateways send something to which Services, and which policies these have.</summary>
/// <remarks>
/// Owner: a status builder. Thread: one at a time. Bound: what routes and policies name.
/// </remarks>
internal sealed class BackendUses
{
    private readonly Dictionary<ObjectKey, Dictionary<ObjectKey, int>> _gatewaysOf = [];
    private readonly Dictionary<ObjectKey, HashSet<ObjectKey>> _policiesOf = [];
    private readonly Dictionary<ObjectKey, ObjectKey[]> _targetsOf = [];

    /// <summary>Adds or takes away what a route sends to where; tells which policies that concerns.</summary>
    public void Count(ResolvedRoute? route, int sign, HashSet<ObjectKey> policies)
    {
        if (route is null || route.Clusters.IsEmpty)
            return;
        ObjectKey[] gateways =
            [.. route.Parents.Where(p => p.Accepted.IsTrue).Select(p => p.Gateway).Distinct()];
        foreach (ObjectKey target in route.Clusters.Select(cluster => cluster.Target).Distinct())
        {
            if (!_gatewaysOf.TryGetValue(target, out Dictionary<ObjectKey, int>? counts))
                _gatewaysOf.Add(target, counts = []);
            foreach (ObjectKey gateway in gateways)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, gateway, out _) += sign;
                if (counts[gateway] == 0)
                    counts.Remove(gateway);
            }
            if (counts.Count == 0)
                _gatewaysOf.Remove(target);
            if (_policiesOf.TryGetValue(target, out HashSet<ObjectKey>? concerned))
                policies.UnionWith(concerned);
        }
    }

    /// <summary>Takes the targets of a policy that is new, changed or gone.</summary>
    public void SetTargets(ObjectKey policy, IEnumerable<ObjectKey> targets)
    {
        foreach (ObjectKey target in _targetsOf.GetValueOrDefault(policy, []))
        {
            _policiesOf[target].Remove(policy);
            if (_policiesOf[target].Count == 0)
                _policiesOf.Remove(target);
        }
        ObjectKey[] now = [.. targets.Distinct()];
        _targetsOf.Remove(policy);
        if (now.Length > 0)
            _targetsOf.Add(policy, now);
        foreach (ObjectKey target in now)
        {
            if (!_policiesOf.TryGetValue(target, out HashSet<ObjectKey>? policies))
                _policiesOf.Add(target, policies = []);
            policies.Add(policy);
        }
    }

    /// <summary>The Gateways that send something to a target of the policy, sorted.</summary>
    public IEnumerable<ObjectKey> GatewaysOf(ObjectKey policy) =>
        _targetsOf.GetValueOrDefault(policy, [])
            .SelectMany(target => _gatewaysOf.TryGetValue(target, out Dictionary<ObjectKey, int>? gateways)
                ? gateways.Keys.ToArray()
                : [])
            .Distinct()
            .Order();
}
