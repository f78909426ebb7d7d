namespace Serval.Control.Sources;

/// <summary>What is read from an API server.</summary>
internal sealed record SourceOptions
{
    /// <summary>Only what belongs to classes of this controller is looked into.</summary>
    public required string ControllerName { get; init; }

    /// <summary>
    /// Namespace and name of the headless Service of the routers; null where they are told otherwise.
    /// </summary>
    public (string Namespace, string Name)? RouterService { get; init; }
}
