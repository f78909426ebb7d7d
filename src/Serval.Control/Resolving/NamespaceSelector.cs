using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>Decides whether routes of a namespace may attach to a listener.</summary>
internal sealed class NamespaceSelector(ClusterState state)
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _labels =
        state.Namespaces.ToDictionary(source => source.Metadata.Name, source => source.Metadata.Labels);

    public bool Allows(RouteNamespaces allowed, string gatewayNamespace, string routeNamespace) =>
        allowed.From switch
        {
            "All" => true,
            "Same" => gatewayNamespace == routeNamespace,
            "Selector" => allowed.Selector is { } selector && Selects(selector, routeNamespace),
            _ => false,
        };

    private bool Selects(LabelSelector selector, string name) =>
        selector.MatchLabels.All(wanted => LabelOf(name, wanted.Key) == wanted.Value)
        && selector.MatchExpressions.All(expression => Holds(expression, LabelOf(name, expression.Key)));

    private static bool Holds(LabelRequirement requirement, string? label) => requirement.Operator switch
    {
        "In" => label is not null && requirement.Values.Contains(label),
        // Kubernetes: NotIn also holds where the label is missing.
        "NotIn" => label is null || !requirement.Values.Contains(label),
        "Exists" => label is not null,
        "DoesNotExist" => label is null,
        _ => false,
    };

    // Files may leave Namespaces out; each has at least the label that the API server gives it.
    private string? LabelOf(string @namespace, string key)
    {
        if (key == Labels.NamespaceName)
            return @namespace;
        return _labels.TryGetValue(@namespace, out IReadOnlyDictionary<string, string>? labels)
            ? labels.GetValueOrDefault(key)
            : null;
    }
}
