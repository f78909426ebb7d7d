namespace Serval.Config.Validating;

/// <summary>
/// Names of a valid snapshot's objects that others refer to; only read once they are there.
/// </summary>
internal sealed record ValidNames(HashSet<string> Listeners, HashSet<string> Clusters);
