namespace Serval.Control.Kubernetes.Resources;

/// <summary>Which certificates of clients are valid.</summary>
internal sealed record FrontendValidation
{
    public required IReadOnlyList<ObjectReference> CaCertificateRefs
    {
        get;
        init => field = value ?? [];
    } = [];

    public string Mode { get; init => field = value ?? "AllowValidOnly"; } = "AllowValidOnly";
}
