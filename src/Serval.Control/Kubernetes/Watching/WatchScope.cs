namespace Serval.Control.Kubernetes.Watching;

/// <summary>Which objects of a kind are watched.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">One namespace; null for all.</param>
/// <param name="Name">One object; null for all.</param>
/// <param name="IsOptional">
/// Whether a cluster may do without the kind's definition. Of others a missing definition is a failure: an
/// API server that is starting does not know them yet, and that must not look like a cluster without objects.
/// </param>
internal sealed record WatchScope(
    ResourceKind Kind, string? Namespace = null, string? Name = null, bool IsOptional = false)
{
    /// <summary>
    /// Path and query of the collection; further parameters are appended with <c>&amp;</c>.
    /// </summary>
    public string Path(string version)
    {
        List<string> query = [];
        if (Name is not null)
            query.Add($"fieldSelector=metadata.name%3D{Uri.EscapeDataString(Name)}");
        string group = Kind.Group.Length == 0 ? $"/api/{version}" : $"/apis/{Kind.Group}/{version}";
        string scope = Namespace is null ? "" : $"/namespaces/{Namespace}";
        return $"{group}{scope}/{Kind.Plural}?{string.Join('&', query)}";
    }

    /// <summary>For logs.</summary>
    public override string ToString() => Name is null
        ? $"{Kind.Kind}{(Namespace is null ? "" : $" in {Namespace}")}"
        : $"{Kind.Kind} {(Namespace is null ? Name : $"{Namespace}/{Name}")}";
}
