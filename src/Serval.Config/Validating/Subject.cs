namespace Serval.Config.Validating;

/// <summary>Kind and name of the object that is looked at; put into words only for a finding.</summary>
internal readonly record struct Subject(string Kind, string? Name = null)
{
    /// <summary>The snapshot as a whole.</summary>
    public static readonly Subject Snapshot = new("Snapshot");

    /// <inheritdoc/>
    public override string ToString() => Name is null ? Kind : $"{Kind} {Name}";
}
