using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serval.Control.Kubernetes;
using Serval.Control.Resolving;

namespace Serval.Control.Reporting;

/// <summary>Keeps the status of every object; only what a step changed is reported anew.</summary>
/// <remarks>Owner: one control plane. Thread: one at a time.</remarks>
internal sealed class StatusBuilder(string controllerName)
{
    private readonly Dictionary<string, int> _attachedRoutes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ObjectKey> _ownerOfListener = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, ResolvedGateway> _gateways = [];
    private readonly Dictionary<ObjectKey, ResolvedListenerSet> _sets = [];
    private readonly ImmutableSortedDictionary<ObjectKey, ObjectStatus>.Builder _objects =
        StatusReport.None.ToBuilder();
    private readonly HashSet<ObjectKey> _changed = [];
    private readonly BackendUses _uses = new();

    /// <summary>The report after a step, and the objects whose status changed or ended by it.</summary>
    public (StatusReport Report, ImmutableArray<ObjectKey> Changed) Update(
        Graph graph, GraphChanges changes, List<(ResolvedRoute? Before, ResolvedRoute? After)> routes)
    {
        HashSet<string> listeners = new(StringComparer.Ordinal);
        HashSet<ObjectKey> policies = [.. changes.Policies];
        foreach ((ResolvedRoute? before, ResolvedRoute? after) in routes)
        {
            Count(after, 1, listeners);
            Count(before, -1, listeners);
            _uses.Count(after, 1, policies);
            _uses.Count(before, -1, policies);
            ObjectKey key = (after ?? before)!.Source.Key;
            if (after is null || after.Parents.IsEmpty)
                Remove(key);
            else
                Put(Reporter.Report(after, controllerName));
        }
        if (changes.AreGatewaysResolved)
            TakeGateways(graph);
        else
        {
            foreach (ObjectKey owner in listeners.Select(name => _ownerOfListener[name]).Distinct())
                Report(owner);
        }
        foreach (ObjectKey policy in changes.Policies)
            _uses.SetTargets(policy, graph.BackendPolicies.GetValueOrDefault(policy)?.Targets ?? []);
        foreach (ObjectKey policy in policies)
            ReportPolicy(graph, policy);
        ImmutableArray<ObjectKey> changed = [.. _changed.Order()];
        _changed.Clear();
        return (new StatusReport { Objects = _objects.ToImmutable() }, changed);
    }

    private void Count(ResolvedRoute? route, int sign, HashSet<string> touched)
    {
        foreach (string listener in route?.AttachedListeners ?? [])
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_attachedRoutes, listener, out _) += sign;
            if (_attachedRoutes[listener] == 0)
                _attachedRoutes.Remove(listener);
            touched.Add(listener);
        }
    }

    private void TakeGateways(Graph graph)
    {
        HashSet<ObjectKey> gone =
        [
            .. _objects.Values.Where(status => status is not (RouteStatus or BackendTlsPolicyStatus))
                .Select(status => status.Key),
        ];
        _gateways.Clear();
        _sets.Clear();
        _ownerOfListener.Clear();
        foreach (ResolvedClass source in graph.Classes)
        {
            gone.Remove(source.Source.Key);
            Put(Reporter.Report(source));
        }
        foreach (ResolvedGateway gateway in graph.Gateways)
        {
            _gateways.Add(gateway.Source.Key, gateway);
            Own(gateway.Source.Key, gateway.Listeners);
            foreach (ResolvedListenerSet set in gateway.ListenerSets)
            {
                _sets.Add(set.Source.Key, set);
                Own(set.Source.Key, set.Listeners);
            }
        }
        foreach (ResolvedPolicy policy in graph.Policies)
        {
            gone.Remove(policy.Source.Key);
            Put(Reporter.Report(policy, controllerName));
        }
        foreach (ObjectKey key in _gateways.Keys.Concat(_sets.Keys))
        {
            gone.Remove(key);
            Report(key);
        }
        foreach (ObjectKey key in gone)
            Remove(key);
    }

    // Without a Gateway of ours that sends something to its targets, the policy is none of our business.
    private void ReportPolicy(Graph graph, ObjectKey key)
    {
        ObjectKey[] gateways = [.. _uses.GatewaysOf(key).Take(ReportingLimits.AncestorsMax)];
        if (gateways.Length > 0 && graph.BackendPolicies.TryGetValue(key, out ResolvedBackendPolicy? policy))
            Put(Reporter.Report(policy, gateways, controllerName));
        else
            Remove(key);
    }

    private void Own(ObjectKey owner, ImmutableArray<ResolvedListener> listeners)
    {
        foreach (ResolvedListener listener in listeners)
            _ownerOfListener[listener.Name] = owner;
    }

    private void Report(ObjectKey owner) => Put(_gateways.TryGetValue(owner, out ResolvedGateway? gateway)
        ? Reporter.Report(gateway, _attachedRoutes)
        : Reporter.Report(_sets[owner], _attachedRoutes));

    private void Put(ObjectStatus status)
    {
        ObjectKey key = status.Key;
        if (_objects.TryGetValue(key, out ObjectStatus? before)
            && StatusComparison.SayTheSame(before, status))
            return;
        _objects[key] = status;
        _changed.Add(key);
    }

    private void Remove(ObjectKey key)
    {
        if (_objects.Remove(key))
            _changed.Add(key);
    }
}
