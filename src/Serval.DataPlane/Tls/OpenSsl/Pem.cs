using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>Reads certificates and private keys out of PEM text.</summary>
internal static unsafe class Pem
{
    /// <summary>
    /// Every certificate of a text, in its order; each is the caller's to free. Empty when there is none or
    /// one of them cannot be read: <paramref name="error"/> says why.
    /// </summary>
    public static List<nint> Certificates(ReadOnlySpan<byte> text, out string? error)
    {
        List<nint> certificates = [];
        error = null;
        fixed (byte* bytes = text)
        {
            nint bio = Crypto.BioOver(bytes, text.Length);
            while (Crypto.PemCertificate(bio, null, 0, 0) is var certificate && certificate != 0)
                certificates.Add(certificate);
            _ = Crypto.BioFree(bio);
        }

        // The end of the text is reported as "no start line"; anything else is a certificate that is broken.
        string reason = OpenSslLibrary.TakeError();
        if (certificates.Count > 0 && reason == "no start line") return certificates;
        error = certificates.Count == 0
            ? $"no certificate can be read ({reason}); expected PEM blocks BEGIN CERTIFICATE."
            : $"certificate {certificates.Count + 1} cannot be read: {reason}.";
        foreach (nint certificate in certificates) Crypto.CertificateFree(certificate);
        return [];
    }

    /// <summary>
    /// The private key of a text, the caller's to free; 0 with the reason when there is none.
    /// </summary>
    public static nint Key(ReadOnlySpan<byte> text, out string? error)
    {
        error = null;
        nint key;
        fixed (byte* bytes = text)
        {
            nint bio = Crypto.BioOver(bytes, text.Length);
            key = Crypto.PemKey(bio, null, &NoPassword, 0);
            _ = Crypto.BioFree(bio);
        }

        if (key != 0) return key;
        error = $"the private key cannot be read ({OpenSslLibrary.TakeError()}); expected one PEM block "
            + "BEGIN PRIVATE KEY, without a password.";
        return 0;
    }

    // Without a callback OpenSSL would ask for a password on the terminal.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NoPassword(byte* into, int length, int isWriting, void* argument) => -1;
}
