namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>An OCSP response that is stapled to a certificate; in unmanaged memory.</summary>
internal unsafe struct StapledResponse
{
    /// <summary>X509 of the certificate; 0 ends a list.</summary>
    public nint Certificate;

    public byte* Bytes;
    public int Length;

    /// <summary>When it is over, Unix milliseconds; 0 when that is not known.</summary>
    public long NotAfterMs;
}
