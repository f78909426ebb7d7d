namespace Serval.DataPlane.Tls;

/// <summary>
/// What one listener of a published snapshot does with TLS. Immutable; every worker reads it.
/// </summary>
internal sealed class ListenerSecurity
{
    /// <summary>Whether the bytes go to an endpoint as they came.</summary>
    public required bool IsPassthrough { get; init; }

    /// <summary>Whether HTTP is spoken inside.</summary>
    public required bool IsHttp { get; init; }

    /// <summary>
    /// Its certificates that are held, in the listener's order; empty while it waits for all of them.
    /// </summary>
    public required CertificateChoice[] Choices { get; init; }

    /// <summary>
    /// The context for a server name: that of the certificate that has it, else of one with a wildcard for
    /// it, else of the first. Null when there is none.
    /// </summary>
    /// <param name="name">In lower case; empty when the client sent none.</param>
    public ServerSecurity? Choose(ReadOnlySpan<byte> name)
    {
        if (Choices.Length == 0) return null;
        foreach (CertificateChoice choice in Choices)
        {
            if (choice.Has(name)) return choice.Context;
        }

        foreach (CertificateChoice choice in Choices)
        {
            if (choice.HasWildcardFor(name)) return choice.Context;
        }

        return Choices[0].Context;
    }
}
