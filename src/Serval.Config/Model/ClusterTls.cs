using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>
/// TLS to the endpoints of a cluster (BackendTLSPolicy). Whatever fails, nothing falls back to clear text.
/// </summary>
public sealed record ClusterTls
{
    /// <summary>Names of <see cref="Authority"/>s that certificates must come from.</summary>
    public ImmutableArray<string> Authorities { get; init; } = [];

    /// <summary>True when those of the router's system are trusted.</summary>
    public bool UsesSystemAuthorities { get; init; }

    /// <summary>
    /// The server name that is asked for; the certificate must be for it, unless <see cref="SubjectNames"/>
    /// says otherwise.
    /// </summary>
    public required string Hostname { get; init; }

    /// <summary>
    /// The certificate must have one of these names instead; empty for <see cref="Hostname"/>.
    /// </summary>
    public ImmutableArray<SubjectName> SubjectNames { get; init; } = [];

    /// <summary>
    /// Name of the <see cref="Certificate"/> that is presented to endpoints; null presents none.
    /// </summary>
    public string? ClientCertificate { get; init; }
}
