using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>
/// An object as Kubernetes stores it, wherever it came from. Only the fields that Serval reads are here;
/// absent lists and maps read as empty, absent values as their default in the CRD.
/// </summary>
/// <remarks>
/// Setters supply the defaults because the JSON source generator assigns null to an init-only property
/// that the document leaves out; value types with a default other than zero are therefore nullable.
/// </remarks>
internal abstract record Resource
{
    public required ObjectMeta Metadata { get; init; }

    [JsonIgnore]
    public abstract string KindName { get; }

    [JsonIgnore]
    public virtual string GroupName => Groups.Gateway;

    [JsonIgnore]
    public ObjectKey Key => new(GroupName, KindName, Metadata.Namespace, Metadata.Name);

    /// <summary>True when both are known to be the same version of the same object.</summary>
    public bool IsSameVersionAs(Resource other) =>
        ReferenceEquals(this, other)
        || (Metadata.ResourceVersion.Length > 0
            && Metadata.ResourceVersion == other.Metadata.ResourceVersion
            && Metadata.Uid == other.Metadata.Uid);
}
