using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>The status that an object should have, as far as this controller writes it.</summary>
public abstract record ObjectStatus
{
    /// <summary>Kind of the object.</summary>
    public abstract string Kind { get; }

    /// <summary>API group of the object.</summary>
    public virtual string Group => Groups.Gateway;

    /// <summary>Namespace of the object; empty when it is cluster-scoped.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Name of the object.</summary>
    public required string Name { get; init; }

    /// <summary>The object.</summary>
    internal ObjectKey Key => new(Group, Kind, Namespace, Name);
}
