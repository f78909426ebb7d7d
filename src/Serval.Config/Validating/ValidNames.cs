namespace Serval.Config.Validating;

/// <summary>
/// Names of a valid snapshot's objects that others refer to; only read once they are there.
/// </summary>
/// <param name="Listeners">Listeners that take HTTP routes.</param>
/// <param name="TlsListeners">Listeners that take TLS routes.</param>
/// <param name="HasCluster">Whether there is a cluster of that name.</param>
/// <param name="Certificates">Certificates.</param>
/// <param name="Authorities">Authorities.</param>
internal sealed record ValidNames(
    HashSet<string> Listeners, HashSet<string> TlsListeners, Func<string, bool> HasCluster,
    HashSet<string> Certificates, HashSet<string> Authorities)
{
    /// <summary>No names.</summary>
    public static ValidNames None => new([], [], _ => false, [], []);
}
