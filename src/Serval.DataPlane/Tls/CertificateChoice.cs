namespace Serval.DataPlane.Tls;

/// <summary>A certificate that a listener can show, with the names that it is for.</summary>
/// <param name="Names">In lower case, some with a leading <c>*.</c> label.</param>
/// <param name="Context">What shows it.</param>
internal sealed record CertificateChoice(byte[][] Names, ServerSecurity Context)
{
    /// <summary>Whether it has exactly this name.</summary>
    public bool Has(ReadOnlySpan<byte> name)
    {
        foreach (byte[] own in Names)
        {
            if (name.SequenceEqual(own)) return true;
        }

        return false;
    }

    /// <summary>
    /// Whether it has a wildcard for this name: of one label, the leftmost (RFC 6125 §6.4.3).
    /// </summary>
    public bool HasWildcardFor(ReadOnlySpan<byte> name)
    {
        int dot = name.IndexOf((byte)'.');
        if (dot <= 0) return false;
        foreach (byte[] own in Names)
        {
            if (own.Length > 2 && own[0] == '*' && name[dot..].SequenceEqual(own.AsSpan(1))) return true;
        }

        return false;
    }
}
