using System.Collections.Immutable;

namespace Serval.Control.Acme;

/// <summary>A certificate with its key, as it is kept on disk.</summary>
/// <param name="Names">The hostnames that it was ordered for, sorted.</param>
/// <param name="ChainPem">The certificate, then those that it was issued by.</param>
/// <param name="KeyPem">Its private key.</param>
/// <param name="Authority">URL of the directory of the authority that issued it.</param>
internal sealed record KeptCertificate(
    ImmutableArray<string> Names, string ChainPem, string KeyPem, string Authority)
{
    /// <summary>Names alone.</summary>
    public override string ToString() => string.Join(' ', Names);
}
