namespace Serval.Kubernetes.Tests.Harness;

/// <summary>The roles that docs/operations.md says a gateway needs, and no more.</summary>
internal static class ServiceAccount
{
    public const string User = "system:serviceaccount:serval-system:serval-gateway";
    private const string Gateways = "gateway.networking.k8s.io";

    /// <summary>Creates roles and bindings.</summary>
    public static async Task ApplyAsync(ApiServer server, bool mayReadSecrets)
    {
        string secrets = mayReadSecrets
            ? "\n- {apiGroups: [\"\"], resources: [secrets, configmaps], verbs: [list, watch]}"
            : "";
        await server.ApplyAsync($$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: serval-gateway}
            rules:
            - apiGroups: [{{Gateways}}]
              resources: [gatewayclasses, gateways, listenersets, referencegrants]
              verbs: [list, watch]
            - apiGroups: [{{Gateways}}]
              resources: [httproutes, grpcroutes, tlsroutes, tcproutes, udproutes, backendtlspolicies]
              verbs: [get, list, watch]
            - apiGroups: [{{Gateways}}]
              resources: [gatewayclasses/status, gateways/status, listenersets/status]
              verbs: [patch]
            - apiGroups: [{{Gateways}}]
              resources: [httproutes/status, grpcroutes/status, tlsroutes/status, tcproutes/status,
                udproutes/status, backendtlspolicies/status]
              verbs: [update]
            - {apiGroups: [serval.dev], resources: [listenerpolicies], verbs: [get, list, watch]}
            - {apiGroups: [serval.dev], resources: [listenerpolicies/status], verbs: [update]}
            - {apiGroups: [""], resources: [services, namespaces, nodes], verbs: [list, watch]}
            - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
            - {apiGroups: [multicluster.x-k8s.io], resources: [serviceimports], verbs: [list, watch]}
            - apiGroups: [apiextensions.k8s.io]
              resources: [customresourcedefinitions]
              resourceNames: [gatewayclasses.{{Gateways}}]
              verbs: [list, watch]
            - {nonResourceURLs: ["/api", "/api/*", "/apis", "/apis/*"], verbs: [get]}{{secrets}}
            """);
        await server.ApplyAsync($$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: serval-gateway}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: serval-gateway}
            subjects: [{kind: ServiceAccount, name: serval-gateway, namespace: serval-system}]
            """);
        await server.ApplyAsync("""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: serval-gateway, namespace: serval-system}
            rules: [{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, update]}]
            """);
        await server.ApplyAsync("""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: serval-gateway, namespace: serval-system}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: serval-gateway}
            subjects: [{kind: ServiceAccount, name: serval-gateway, namespace: serval-system}]
            """);
    }
}
