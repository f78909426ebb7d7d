namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>Whether a peer's certificate has one of some names. Allocates nothing that is managed.</summary>
internal static unsafe class PeerNames
{
    // X509_CHECK_FLAG_NEVER_CHECK_SUBJECT: a common name is no name (RFC 9525 §2).
    private const uint NeverSubject = 0x20;

    /// <summary>Whether it is for one of these hosts, wildcards of the certificate included.</summary>
    public static bool HasDns(nint certificate, byte[][] names)
    {
        foreach (byte[] name in names)
        {
            fixed (byte* start = name)
            {
                int result = Crypto.CertificateCheckHost(
                    certificate, start, (nuint)name.Length, NeverSubject, null);
                if (result == 1) return true;
            }
        }

        return false;
    }

    /// <summary>Whether one of these URIs is among its names, byte for byte.</summary>
    public static bool HasUri(nint certificate, byte[][] uris)
    {
        if (uris.Length == 0) return false;
        nint names = Crypto.CertificateExtension(certificate, SslConstants.SubjectAltName, null, null);
        if (names == 0) return false;
        bool isFound = false;
        int count = Crypto.StackCount(names);
        for (int i = 0; i < count && !isFound; i++)
        {
            int kind;
            nint value = Crypto.NameValue(Crypto.StackItem(names, i), &kind);
            if (kind != SslConstants.NameUri || value == 0) continue;
            ReadOnlySpan<byte> own = new(Crypto.StringBytes(value), Crypto.StringLength(value));
            foreach (byte[] uri in uris) isFound |= own.SequenceEqual(uri);
        }

        Crypto.NamesFree(names);
        return isFound;
    }
}
