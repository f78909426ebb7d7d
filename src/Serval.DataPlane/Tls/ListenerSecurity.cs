using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;

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
    /// Certificates that answer challenges of an authority (RFC 8737); no other client is shown one.
    /// </summary>
    public CertificateChoice[] Challenges { get; init; } = [];

    /// <summary>Request headers about a client's certificate, in lower case; empty for none.</summary>
    public byte[] SubjectHeader { get; init; } = [];
    public byte[] NamesHeader { get; init; } = [];
    public byte[] FingerprintHeader { get; init; } = [];

    /// <summary>Whether there is such a header: then clients' own are dropped.</summary>
    public bool HasClientHeaders =>
        SubjectHeader.Length + NamesHeader.Length + FingerprintHeader.Length > 0;

    /// <summary>
    /// Drops what a client says under these names: routes do not see it, and it does not go on.
    /// </summary>
    public void DropClaims(RequestFields head, ReadOnlySpan<byte> text)
    {
        foreach (ref HeaderField field in head.Lines.Fields)
        {
            ReadOnlySpan<byte> name = field.Name(text);
            if (Is(name, SubjectHeader) || Is(name, NamesHeader) || Is(name, FingerprintHeader))
                field.Use = HeaderUse.Untrusted;
        }
    }

    /// <summary>The same of what comes behind a body.</summary>
    public void DropClaims(ref TrailerFilter trailers)
    {
        trailers.Add(SubjectHeader);
        trailers.Add(NamesHeader);
        trailers.Add(FingerprintHeader);
    }

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

    /// <summary>
    /// The context that answers the challenge for a server name; null when none is for exactly this name.
    /// </summary>
    /// <param name="name">In lower case; empty when the client sent none.</param>
    public ServerSecurity? FindChallenge(ReadOnlySpan<byte> name)
    {
        foreach (CertificateChoice challenge in Challenges)
        {
            if (challenge.Has(name)) return challenge.Context;
        }

        return null;
    }

    // Some servers cannot tell an underscore from a hyphen.
    private static bool Is(ReadOnlySpan<byte> name, byte[] header)
    {
        if (header.Length == 0 || name.Length != header.Length) return false;
        for (int i = 0; i < name.Length; i++)
        {
            byte letter = name[i] == '_' ? (byte)'-' : name[i];
            if (letter is >= (byte)'A' and <= (byte)'Z') letter |= 0x20;
            if (letter != header[i]) return false;
        }

        return true;
    }
}
