using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>Decides whether objects of a namespace may attach to those of another.</summary>
internal static class NamespaceSelector
{
    /// <summary>True when objects of <paramref name="from"/> may attach to those of
    /// <paramref name="to"/>.</summary>
    public static bool Allows(ObjectReader reader, RouteNamespaces allowed, string to, string from) =>
        allowed.From switch
        {
            "All" => true,
            "Same" => to == from,
            "Selector" => allowed.Selector is { } selector && Selects(reader, selector, from),
            _ => false,
        };

    private static bool Selects(ObjectReader reader, LabelSelector selector, string name)
    {
        ObjectKey key = new(Groups.Core, Kinds.Namespace, "", name);
        IReadOnlyDictionary<string, string>? labels = reader.Find<NamespaceResource>(key)?.Metadata.Labels;
        return selector.MatchLabels.All(wanted => LabelOf(name, labels, wanted.Key) == wanted.Value)
            && selector.MatchExpressions.All(
                expression => Holds(expression, LabelOf(name, labels, expression.Key)));
    }

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
    private static string? LabelOf(string name, IReadOnlyDictionary<string, string>? labels, string key) =>
        key == Labels.NamespaceName ? name : labels?.GetValueOrDefault(key);
}
