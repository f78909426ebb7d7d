using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Sources;

/// <summary>
/// Which Secrets the Gateways and ListenerSets of this controller name: only those are read. Owner: one
/// source.
/// </summary>
internal sealed class References(string controllerName)
{
    private readonly Dictionary<ObjectKey, Resource> _referrers = [];
    private readonly Dictionary<string, string> _controllers = new(StringComparer.Ordinal);

    /// <summary>Takes an object that is new or has changed; true when references may have changed.</summary>
    public bool Upsert(Resource resource)
    {
        switch (resource)
        {
            case GatewayClassResource gatewayClass:
                _controllers[gatewayClass.Metadata.Name] = gatewayClass.Spec.ControllerName;
                return true;
            case GatewayResource or ListenerSetResource:
                _referrers[resource.Key] = resource;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Takes an object that is gone; true when references may have changed.</summary>
    public bool Delete(ObjectKey key) => key.Kind == Kinds.GatewayClass
        ? _controllers.Remove(key.Name)
        : _referrers.Remove(key);

    /// <summary>Everything that is referred to now.</summary>
    public HashSet<ObjectKey> Find() => [.. _referrers.Values.SelectMany(Of)];

    private IEnumerable<ObjectKey> Of(Resource resource)
    {
        IEnumerable<GatewayListenerTls?> settings = resource switch
        {
            GatewayResource gateway when IsOurs(gateway) =>
                gateway.Spec.Listeners.Select(listener => listener.Tls),
            ListenerSetResource set when IsOurs(set) =>
                set.Spec.Listeners.Select(listener => listener.Tls),
            _ => [],
        };
        foreach (ObjectReference reference in settings.SelectMany(tls => tls?.CertificateRefs ?? []))
        {
            if (reference is { Group: Groups.Core, Kind: Kinds.Secret })
            {
                yield return new ObjectKey(
                    Groups.Core, Kinds.Secret, reference.Namespace
                        ?? resource.Metadata.Namespace, reference.Name);
            }
        }
    }

    private bool IsOurs(GatewayResource gateway) =>
        _controllers.GetValueOrDefault(gateway.Spec.GatewayClassName) == controllerName;

    private bool IsOurs(ListenerSetResource set)
    {
        string space = set.Spec.ParentRef.Namespace ?? set.Metadata.Namespace;
        ObjectKey parent = new(Groups.Gateway, Kinds.Gateway, space, set.Spec.ParentRef.Name);
        return _referrers.GetValueOrDefault(parent) is GatewayResource gateway && IsOurs(gateway);
    }
}
