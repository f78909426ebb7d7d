using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Certificates;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Store;

namespace Serval.Control.Resolving;

/// <summary>
/// The objects of this controller with every reference followed and every decision taken, kept up to date: of
/// what a change does not touch, nothing is looked at. Three kinds of results depend on objects: all Gateways
/// together, each route, and each cluster. A result is computed again when something that it read has
/// changed.
/// </summary>
/// <remarks>Owner: one control plane. Thread: one at a time. Bound: what the store holds.</remarks>
internal sealed class Graph
{
    private static readonly ObjectKey GatewaysKey = new("", "Gateways", "", "");

    private readonly ObjectStore _store;
    private readonly TranslationOptions _options;
    private readonly ObjectSets _sets = new();
    private readonly Dependencies _dependencies = new();
    private readonly ObjectReader _reader;
    private readonly RouteResolver _routeResolver;
    private readonly TlsReferences _references;
    private readonly BackendPolicyResolver _policyResolver;
    private readonly Dictionary<ObjectKey, ListenerGroup> _groups = [];
    private readonly Dictionary<string, Listener> _listeners = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, ResolvedRoute> _routes = [];
    private readonly Dictionary<string, ResolvedCluster> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<ClusterSource, int> _clusterUses = [];
    private readonly Dictionary<ObjectKey, ResolvedBackendPolicy> _backendPolicies = [];
    private readonly Dictionary<string, ReadKeyPair> _certificates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Authority> _authorities = new(StringComparer.Ordinal);
    private bool _isNew = true;

    /// <summary>A graph of a store; it knows of the store's objects by their changes alone.</summary>
    public Graph(ObjectStore store, TranslationOptions options)
    {
        _store = store;
        _options = options;
        _reader = new ObjectReader(store, _sets, _groups);
        _routeResolver = new RouteResolver(_reader, _listeners);
        _references = new TlsReferences(_reader, new ReadCertificates());
        _policyResolver = new BackendPolicyResolver(_reader, _references);
    }

    /// <summary>Classes of this controller, sorted.</summary>
    public ImmutableArray<ResolvedClass> Classes { get; private set; } = [];

    /// <summary>Gateways of those classes, sorted.</summary>
    public ImmutableArray<ResolvedGateway> Gateways { get; private set; } = [];

    /// <summary>ListenerPolicies that concern them, sorted.</summary>
    public ImmutableArray<ResolvedPolicy> Policies { get; private set; } = [];

    /// <summary>What there is to say about all of these.</summary>
    public ImmutableArray<Finding> GatewayFindings { get; private set; } = [];

    /// <summary>Listeners that are served, by name.</summary>
    public IReadOnlyDictionary<string, Listener> Listeners => _listeners;

    /// <summary>Every route of the store.</summary>
    public IReadOnlyDictionary<ObjectKey, ResolvedRoute> Routes => _routes;

    /// <summary>Every cluster that a route names, by name.</summary>
    public IReadOnlyDictionary<string, ResolvedCluster> Clusters => _clusters;

    /// <summary>Every BackendTLSPolicy of the store.</summary>
    public IReadOnlyDictionary<ObjectKey, ResolvedBackendPolicy> BackendPolicies => _backendPolicies;

    /// <summary>What listeners that are served, and Gateways, present; by name.</summary>
    public IReadOnlyDictionary<string, ReadKeyPair> Certificates => _certificates;

    /// <summary>What certificates of clients of those listeners come from, by name.</summary>
    public IReadOnlyDictionary<string, Authority> Authorities => _authorities;

    /// <summary>Takes what has changed in the store and tells what that changes here.</summary>
    public GraphChanges Apply(IReadOnlyList<ObjectChange> changes)
    {
        HashSet<ObjectKey> touched = [];
        HashSet<ObjectKey> dirty = [];
        bool hasGateways = _isNew;
        _isNew = false;
        foreach (ObjectChange change in changes)
        {
            touched.Add(change.Key);
            _sets.Apply(change, touched);
            Resource resource = (change.After ?? change.Before)!;
            hasGateways |= resource is GatewayResource or GatewayClassResource or ListenerSetResource
                or ListenerPolicyResource;
            if (resource is RouteResource or BackendTlsPolicyResource)
                dirty.Add(change.Key);
        }
        foreach (ObjectKey key in touched)
            _dependencies.AddReaders(key, dirty);
        hasGateways |= dirty.Remove(GatewaysKey);
        if (hasGateways)
            ResolveGateways(dirty);

        GraphChanges result = new() { AreGatewaysResolved = hasGateways };
        HashSet<ClusterSource> clusters = [];
        foreach (ObjectKey key in dirty)
        {
            if (key.Kind == Kinds.BackendTlsPolicy)
                ResolvePolicy(key, result);
            else if (key.Kind != ClusterSource.KeyKind)
                ResolveRoute(key, result, clusters);
            else if (_clusters.TryGetValue(key.Name, out ResolvedCluster? cluster))
                clusters.Add(cluster.Source);
        }
        foreach (ClusterSource source in clusters)
        {
            ResolveCluster(source);
            result.Clusters.Add(source.Name);
        }
        return result;
    }

    private void ResolveGateways(HashSet<ObjectKey> dirty)
    {
        _reader.Begin();
        GatewayResolver resolver = new(_store, _reader, _references, _options);
        Classes = resolver.ResolveClasses();
        Gateways = resolver.ResolveGateways(Classes);
        ListenerPolicies policies = new(_store);
        Policies = policies.Resolve(Gateways);
        Gateways = [.. Gateways.Select(gateway => Apply(policies, gateway))];
        GatewayFindings = [.. resolver.Findings, .. policies.Findings];
        _dependencies.Set(GatewaysKey, _reader.Read);

        Dictionary<ObjectKey, ListenerGroup> before = new(_groups);
        _groups.Clear();
        _listeners.Clear();
        _certificates.Clear();
        _authorities.Clear();
        foreach (ResolvedGateway gateway in Gateways)
        {
            if (gateway.IsAddressed && gateway.Accepted.IsTrue && gateway.BackendCertificate is { } pair)
                _certificates[pair.Certificate!.Name] = pair;
            AddGroup(gateway, gateway.Source.Key, gateway.Accepted.IsTrue, gateway.Listeners);
            foreach (ResolvedListenerSet set in gateway.ListenerSets)
                AddGroup(gateway, set.Source.Key, set.Accepted.IsTrue, set.Listeners);
        }
        foreach (ObjectKey key in before.Keys.Union(_groups.Keys))
        {
            if (before.GetValueOrDefault(key) is not { } old || _groups.GetValueOrDefault(key) is not { } now
                || !old.IsSameAs(now))
                _dependencies.AddReaders(key, dirty);
        }
        dirty.Remove(GatewaysKey);
    }

    private static ResolvedGateway Apply(ListenerPolicies policies, ResolvedGateway gateway)
    {
        ObjectKey key = gateway.Source.Key;
        return gateway with
        {
            Listeners = Apply(key, gateway.Listeners),
            ListenerSets =
            [
                .. gateway.ListenerSets.Select(
                    set => set with { Listeners = Apply(set.Source.Key, set.Listeners) }),
            ],
        };

        ImmutableArray<ResolvedListener> Apply(
            ObjectKey group, ImmutableArray<ResolvedListener> listeners) =>
        [
            .. listeners.Select(listener =>
                listener with { PathPolicy = policies.PathPolicyOf(key, group, listener) }),
        ];
    }

    private void AddGroup(
        ResolvedGateway gateway, ObjectKey key, bool isAccepted, ImmutableArray<ResolvedListener> listeners)
    {
        bool isServed = isAccepted && gateway.IsAddressed;
        _groups.Add(key, new ListenerGroup
        {
            Key = key,
            Gateway = gateway.Source.Key,
            BackendCertificate = gateway.BackendCertificate?.Certificate?.Name,
            IsAccepted = isServed,
            Listeners = listeners,
        });
        foreach (ResolvedListener listener in isServed ? listeners : [])
        {
            if (!listener.IsServed)
                continue;
            _listeners.Add(listener.Name, listener.ToModel(gateway.Addresses));
            foreach (ReadKeyPair pair in listener.Tls?.KeyPairs ?? [])
                _certificates[pair.Certificate!.Name] = pair;
            foreach (Authority authority in listener.Tls?.Authorities ?? [])
                _authorities[authority.Name] = authority;
        }
    }

    private void ResolveRoute(ObjectKey key, GraphChanges result, HashSet<ClusterSource> clusters)
    {
        _reader.Begin();
        ResolvedRoute? before = _routes.GetValueOrDefault(key);
        ResolvedRoute? after =
            _store.TryGet(key, out RouteResource? source) ? _routeResolver.Resolve(source) : null;
        _dependencies.Set(key, after is null ? [] : _reader.Read);
        if (after is null)
            _routes.Remove(key);
        else
            _routes[key] = after;
        foreach (ClusterSource cluster in after?.Clusters ?? [])
        {
            ref int uses = ref CollectionsMarshal.GetValueRefOrAddDefault(_clusterUses, cluster, out _);
            if (uses++ == 0)
                clusters.Add(cluster);
        }
        foreach (ClusterSource cluster in before?.Clusters ?? [])
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(_clusterUses, cluster) > 0)
                continue;
            _clusterUses.Remove(cluster);
            clusters.Add(cluster);
        }
        result.Routes.Add((before, after));
    }

    private void ResolvePolicy(ObjectKey key, GraphChanges result)
    {
        result.Policies.Add(key);
        if (!_store.TryGet(key, out BackendTlsPolicyResource? source))
        {
            _backendPolicies.Remove(key);
            _dependencies.Set(key, []);
            return;
        }
        _reader.Begin();
        _backendPolicies[key] = _policyResolver.Resolve(source);
        _dependencies.Set(key, _reader.Read);
    }

    private void ResolveCluster(ClusterSource source)
    {
        if (!_clusterUses.ContainsKey(source))
        {
            _clusters.Remove(source.Name);
            _dependencies.Set(source.Key, []);
            return;
        }
        _reader.Begin();
        _clusters[source.Name] = EndpointResolver.Resolve(_reader, _policyResolver, source);
        _dependencies.Set(source.Key, _reader.Read);
    }
}
