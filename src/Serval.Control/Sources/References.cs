using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Sources;

/// <summary>
/// Which Secrets and ConfigMaps the Gateways and ListenerSets of this controller, and BackendTLSPolicies,
/// name: only those are read. Owner: one source.
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
            case GatewayResource or ListenerSetResource or BackendTlsPolicyResource:
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

    /// <summary>
    /// At most <see cref="SourceLimits.ReferencedMax"/> of what is referred to, the first by name: the same
    /// ones stay however often this is asked.
    /// </summary>
    public static HashSet<ObjectKey> Bound(HashSet<ObjectKey> wanted, out int leftOut)
    {
        leftOut = Math.Max(0, wanted.Count - SourceLimits.ReferencedMax);
        return leftOut == 0 ? wanted : [.. wanted.Order().Take(SourceLimits.ReferencedMax)];
    }

    private IEnumerable<ObjectKey> Of(Resource resource) =>
        ReferencesOf(resource)
            .Select(reference => reference.KeyIn(resource.Metadata.Namespace))
            .Where(key => key is { Group: Groups.Core, Kind: Kinds.Secret or Kinds.ConfigMap });

    private IEnumerable<ObjectReference> ReferencesOf(Resource resource) => resource switch
    {
        GatewayResource gateway when IsOurs(gateway) =>
        [
            .. CertificatesOf(gateway.Spec.Listeners),
            .. AuthoritiesOf(gateway.Spec.Tls?.Frontend),
            .. gateway.Spec.Tls?.Backend?.ClientCertificateRef is { } client
                ? [client]
                : Array.Empty<ObjectReference>(),
        ],
        ListenerSetResource set when IsOurs(set) => CertificatesOf(set.Spec.Listeners),
        BackendTlsPolicyResource policy =>
            policy.Spec.Validation.CaCertificateRefs.Select(one => one with { Namespace = null }),
        _ => [],
    };

    private static IEnumerable<ObjectReference> CertificatesOf(IReadOnlyList<GatewayListener> listeners) =>
        listeners.SelectMany(listener => listener.Tls?.CertificateRefs ?? []);

    private static IEnumerable<ObjectReference> AuthoritiesOf(FrontendTls? frontend) => frontend is null
        ? []
        : frontend.PerPort.Select(entry => entry.Tls)
            .Append(frontend.Default)
            .SelectMany(settings => settings?.Validation?.CaCertificateRefs ?? []);

    private bool IsOurs(GatewayResource gateway) =>
        _controllers.GetValueOrDefault(gateway.Spec.GatewayClassName) == controllerName;

    private bool IsOurs(ListenerSetResource set) =>
        _referrers.GetValueOrDefault(set.ParentKey) is GatewayResource gateway && IsOurs(gateway);
}
