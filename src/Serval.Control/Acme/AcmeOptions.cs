namespace Serval.Control.Acme;

/// <summary>Where certificates come from and who asks for them.</summary>
public sealed record AcmeOptions
{
    /// <summary>The directory of Let's Encrypt.</summary>
    public const string LetsEncrypt = "https://acme-v02.api.letsencrypt.org/directory";

    /// <summary>Whom the authority writes to when something goes wrong with the certificates.</summary>
    public required string Email { get; init; }

    /// <summary>URL of the authority's directory (RFC 8555 §7.1.1).</summary>
    public Uri Directory { get; init; } = new(LetsEncrypt);

    /// <summary>
    /// Authorities in PEM that sign the certificate of the directory itself; null for the system's.
    /// </summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Where keys and certificates are kept, readable by the owner alone.</summary>
    public required string StateDirectory { get; init; }
}
