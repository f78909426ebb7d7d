namespace Serval.Testing.ApiServers;

/// <summary>Where an object is found at the API server.</summary>
internal static class ObjectPath
{
    private static readonly Dictionary<string, (string Plural, bool IsNamespaced)> Kinds =
        new(StringComparer.Ordinal)
        {
            ["BackendTLSPolicy"] = ("backendtlspolicies", true),
            ["ClusterRole"] = ("clusterroles", false),
            ["ClusterRoleBinding"] = ("clusterrolebindings", false),
            ["ConfigMap"] = ("configmaps", true),
            ["CustomResourceDefinition"] = ("customresourcedefinitions", false),
            ["EndpointSlice"] = ("endpointslices", true),
            ["Gateway"] = ("gateways", true),
            ["GatewayClass"] = ("gatewayclasses", false),
            ["GRPCRoute"] = ("grpcroutes", true),
            ["HTTPRoute"] = ("httproutes", true),
            ["Lease"] = ("leases", true),
            ["ListenerPolicy"] = ("listenerpolicies", true),
            ["ListenerSet"] = ("listenersets", true),
            ["Namespace"] = ("namespaces", false),
            ["Node"] = ("nodes", false),
            ["ReferenceGrant"] = ("referencegrants", true),
            ["Role"] = ("roles", true),
            ["RoleBinding"] = ("rolebindings", true),
            ["Secret"] = ("secrets", true),
            ["Service"] = ("services", true),
            ["TLSRoute"] = ("tlsroutes", true),
        };

    public static string Of(string apiVersion, string kind, string space, string name)
    {
        (string plural, bool isNamespaced) = Kinds[kind];
        string root = apiVersion.Contains('/', StringComparison.Ordinal) ? "apis" : "api";
        return $"/{root}/{apiVersion}{(isNamespaced ? $"/namespaces/{space}" : "")}/{plural}/{name}";
    }

    /// <summary>
    /// Reads apiVersion, kind, and the name and namespace of the metadata, as tests write them.
    /// </summary>
    public static string OfYaml(string document)
    {
        string? Value(string line, string field) =>
            line.Trim().StartsWith($"{field}:", StringComparison.Ordinal)
            ? line.Trim()[(field.Length + 1)..].Trim().Trim('"')
            : null;
        string[] lines = [.. document.Split('\n').Where(line => line.Trim().Length > 0)];
        string apiVersion = lines.Select(line => Value(line, "apiVersion")).First(value =>
            value is not null)!;
        string kind = lines.Where(line => !line.StartsWith(' ')).Select(line => Value(line, "kind"))
            .First(value => value is not null)!;
        int metadata = Array.FindIndex(lines, line => line.StartsWith("metadata:", StringComparison.Ordinal));
        string inline = lines[metadata]["metadata:".Length..].Trim(' ', '{', '}');
        string[] fields = inline.Length > 0 ? inline.Split(',') : lines[(metadata + 1)..];
        string name = fields.Select(line => Value(line, "name")).First(value => value is not null)!;
        string? space = fields.TakeWhile(line => inline.Length > 0 || line.StartsWith(' '))
            .Select(line => Value(line, "namespace")).FirstOrDefault(value => value is not null);
        return Of(apiVersion, kind, space ?? "default", name);
    }
}
