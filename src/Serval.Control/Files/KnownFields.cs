using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Files;

/// <summary>Fields that exist in Kubernetes but decide nothing in Serval: they are no misspellings.</summary>
internal static class KnownFields
{
    private static readonly string[] Root = ["apiVersion", "kind", "status"];

    private static readonly Dictionary<Type, string[]> Unread = new()
    {
        [typeof(ObjectMeta)] =
        [
            "deletionGracePeriodSeconds", "deletionTimestamp", "finalizers", "generateName",
            "managedFields", "ownerReferences", "selfLink",
        ],
        [typeof(GatewayClassSpec)] = ["description"],
        [typeof(ServiceSpec)] =
        [
            "allocateLoadBalancerNodePorts", "clusterIP", "clusterIPs", "externalIPs", "externalName",
            "externalTrafficPolicy", "healthCheckNodePort", "internalTrafficPolicy",
            "ipFamilyPolicy", "loadBalancerClass", "loadBalancerIP", "loadBalancerSourceRanges",
            "publishNotReadyAddresses", "selector", "sessionAffinity", "sessionAffinityConfig",
            "trafficDistribution",
        ],
        [typeof(ServicePort)] = ["nodePort", "targetPort"],
        [typeof(SliceEndpoint)] =
            ["deprecatedTopology", "hints", "hostname", "nodeName", "targetRef", "zone"],
        [typeof(SlicePort)] = ["appProtocol"],
        [typeof(SecretResource)] = ["immutable"],
        [typeof(ConfigMapResource)] = ["immutable"],
        [typeof(NamespaceResource)] = ["spec"],
        [typeof(CustomResourceDefinitionResource)] = ["spec"],
        [typeof(GatewayResourceStatus)] = ["attachedListenerSets", "conditions", "listeners"],
        [typeof(NodeResource)] = ["spec"],
        [typeof(NodeStatus)] =
        [
            "allocatable", "capacity", "conditions", "config", "daemonEndpoints", "declaredFeatures",
            "features", "images", "nodeInfo", "phase", "runtimeHandlers", "volumesAttached", "volumesInUse",
        ],
        [typeof(RouteSpec)] = ["rules"],
        [typeof(ServiceImportSpec)] =
            ["internalTrafficPolicy", "ipFamilies", "ips", "sessionAffinity", "sessionAffinityConfig",
            "trafficDistribution", "type"],
    };

    /// <summary>True when the type's schema has this field though Serval does not read it.</summary>
    public static bool IsUnread(Type type, string name, bool isRoot) =>
        (isRoot && Root.Contains(name))
        || (Unread.TryGetValue(type, out string[]? names) && names.Contains(name));
}
