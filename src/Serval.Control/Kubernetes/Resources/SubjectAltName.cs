namespace Serval.Control.Kubernetes.Resources;

/// <summary>A name that a backend's certificate may have.</summary>
internal sealed record SubjectAltName
{
    /// <summary><c>Hostname</c> or <c>URI</c>: which of the two is set.</summary>
    public required string Type { get; init => field = value ?? ""; } = "";

    public string? Hostname { get; init; }

    public string? Uri { get; init; }
}
