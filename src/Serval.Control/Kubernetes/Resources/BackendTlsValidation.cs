namespace Serval.Control.Kubernetes.Resources;

/// <summary>Which certificates of backends are valid.</summary>
internal sealed record BackendTlsValidation
{
    public IReadOnlyList<ObjectReference> CaCertificateRefs { get; init => field = value ?? []; } = [];

    /// <summary><c>System</c>, or null where references say it.</summary>
    public string? WellKnownCACertificates { get; init; }

    /// <summary>The server name that is asked for.</summary>
    public required string Hostname { get; init => field = value ?? ""; } = "";

    public IReadOnlyList<SubjectAltName> SubjectAltNames { get; init => field = value ?? []; } = [];
}
