namespace Serval.Control.Kubernetes;

/// <summary>
/// What identifies an object: group, kind, namespace (empty when cluster-scoped) and name.
/// </summary>
internal readonly record struct ObjectKey(string Group, string Kind, string Namespace, string Name)
    : IComparable<ObjectKey>
{
    /// <summary><c>Kind namespace/name</c>, the subject of findings.</summary>
    public override string ToString() => $"{Kind} {Path}";

    /// <summary><c>namespace/name</c>, or the name alone of a cluster-scoped object.</summary>
    public string Path => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";

    /// <summary>Ordinal by kind, namespace, name, then group.</summary>
    public int CompareTo(ObjectKey other)
    {
        int order = string.CompareOrdinal(Kind, other.Kind);
        if (order == 0)
            order = string.CompareOrdinal(Namespace, other.Namespace);
        if (order == 0)
            order = string.CompareOrdinal(Name, other.Name);
        return order != 0 ? order : string.CompareOrdinal(Group, other.Group);
    }
}
