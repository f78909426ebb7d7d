using System.Text;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>What a certificate says, as text. Allocates.</summary>
internal static unsafe class CertificateText
{
    private const int SubjectBytesMax = 2_048;

    /// <summary>
    /// The names of its subjectAltName of a kind: <see cref="SslConstants.NameDns"/> or
    /// <see cref="SslConstants.NameUri"/>. A name with a byte outside of printable ASCII is left out: nobody
    /// can ask for it.
    /// </summary>
    public static List<string> Names(nint certificate, int wantedKind)
    {
        List<string> found = [];
        nint names = Crypto.CertificateExtension(certificate, SslConstants.SubjectAltName, null, null);
        if (names == 0)
        {
            Crypto.ErrorClear();
            return found;
        }

        int count = Crypto.StackCount(names);
        for (int i = 0; i < count; i++)
        {
            int kind;
            nint value = Crypto.NameValue(Crypto.StackItem(names, i), &kind);
            if (kind != wantedKind || value == 0) continue;
            ReadOnlySpan<byte> bytes = new(Crypto.StringBytes(value), Crypto.StringLength(value));
            if (!bytes.IsEmpty && bytes.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7e) < 0)
                found.Add(Encoding.ASCII.GetString(bytes));
        }

        Crypto.NamesFree(names);
        return found;
    }

    /// <summary>
    /// Whether it has the extension acmeIdentifier, which certificates of challenges alone have (RFC 8737
    /// §3).
    /// </summary>
    public static bool IsChallenge(nint certificate)
    {
        const int isNumber = 1;
        const int fromTheStart = -1;
        nint identifier;
        fixed (byte* number = "1.3.6.1.5.5.7.1.31\0"u8) identifier = Crypto.ObjectOf(number, isNumber);
        bool isFound = Crypto.ExtensionPlace(certificate, identifier, fromTheStart) >= 0;
        Crypto.ObjectFree(identifier);
        return isFound;
    }

    /// <summary>Its subject by RFC 2253, cut at 2,048 bytes.</summary>
    public static string Subject(nint certificate)
    {
        nint bio = Crypto.BioNew(Crypto.BioMemory());
        if (bio == 0) return "";
        _ = Crypto.NamePrint(
            bio, Crypto.CertificateSubject(certificate), 0, SslConstants.NameRfc2253);
        byte* text = stackalloc byte[SubjectBytesMax];
        int length = Math.Max(Crypto.BioRead(bio, text, SubjectBytesMax), 0);
        _ = Crypto.BioFree(bio);
        return Encoding.ASCII.GetString(text, length);
    }

    /// <summary>SHA-256 of its DER bytes, as lower-case hexadecimal digits.</summary>
    public static string Fingerprint(nint certificate)
    {
        int length = Crypto.CertificateBytes(certificate, null);
        if (length <= 0) return "";
        byte[] bytes = new byte[length];
        byte* digest = stackalloc byte[32];
        fixed (byte* start = bytes)
        {
            byte* at = start;
            _ = Crypto.CertificateBytes(certificate, &at);
            _ = Crypto.Sha256(start, (nuint)length, digest);
        }

        return Convert.ToHexStringLower(new ReadOnlySpan<byte>(digest, 32));
    }
}
