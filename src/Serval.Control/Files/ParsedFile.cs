using System.Collections.Immutable;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;

namespace Serval.Control.Files;

/// <summary>What one version of a file holds.</summary>
internal sealed record ParsedFile
{
    /// <summary>Objects that passed every check.</summary>
    public required ImmutableArray<LoadedObject> Objects { get; init; }

    /// <summary>Objects that are named in the file but refused.</summary>
    public required ImmutableArray<ObjectKey> Refused { get; init; }

    public required ImmutableArray<Finding> Findings { get; init; }

    /// <summary>True when the file says nothing at all.</summary>
    public bool IsEmpty => Objects.IsEmpty && Refused.IsEmpty && Findings.IsEmpty;

    /// <summary>False when a part of the file could not be read at all.</summary>
    public required bool IsReadable { get; init; }
}
