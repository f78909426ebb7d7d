using System.Runtime.InteropServices;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>
/// The texts about a client's certificate in one piece of unmanaged memory: this header, then the subject,
/// then the names. Bound: <see cref="Limits.ClientTextBytesMax"/> for each.
/// </summary>
internal unsafe struct ClientText
{
    private const int DigestBytes = 32;
    private const int FingerprintBytes = 2 * DigestBytes;
    private fixed byte _fingerprint[FingerprintBytes];
    private int _subjectBytes;
    private int _nameBytes;

    /// <summary>The texts; valid as long as the memory.</summary>
    public ClientFacts Facts
    {
        get
        {
            fixed (ClientText* self = &this)
            {
                // Safe: the memory is unmanaged, and as long as Of has made it.
                byte* rest = (byte*)(self + 1);
                return new ClientFacts
                {
                    Subject = new ReadOnlySpan<byte>(rest, self->_subjectBytes),
                    Names = new ReadOnlySpan<byte>(rest + self->_subjectBytes, self->_nameBytes),
                    Fingerprint = new ReadOnlySpan<byte>(self->_fingerprint, FingerprintBytes),
                };
            }
        }
    }

    /// <summary>
    /// Reads a certificate (X509); the result is NativeMemory's to free, null without memory.
    /// </summary>
    public static ClientText* Of(nint certificate)
    {
        byte* texts = stackalloc byte[2 * Limits.ClientTextBytesMax];
        int subjectBytes = ReadSubject(certificate, new Span<byte>(texts, Limits.ClientTextBytesMax));
        int nameBytes = ReadNames(
            certificate, new Span<byte>(texts + subjectBytes, Limits.ClientTextBytesMax));
        int textBytes = subjectBytes + nameBytes;
        ClientText* made = (ClientText*)NativeMemory.Alloc((nuint)(sizeof(ClientText) + textBytes));
        made->_subjectBytes = subjectBytes;
        made->_nameBytes = nameBytes;
        new ReadOnlySpan<byte>(texts, textBytes).CopyTo(new Span<byte>(made + 1, textBytes));
        Fingerprint(certificate, new Span<byte>(made->_fingerprint, FingerprintBytes));
        return made;
    }

    // Escaped by OpenSSL: printable ASCII alone.
    private static int ReadSubject(nint certificate, Span<byte> into)
    {
        nint bio = Crypto.BioNew(Crypto.BioMemory());
        if (bio == 0) return 0;
        _ = Crypto.NamePrint(bio, Crypto.CertificateSubject(certificate), 0, SslConstants.NameRfc2253);
        byte* text = stackalloc byte[Limits.ClientTextBytesMax + 1];
        int length = Crypto.BioRead(bio, text, Limits.ClientTextBytesMax + 1);
        _ = Crypto.BioFree(bio);
        // One that was cut could be taken for another.
        if (length is < 0 or > Limits.ClientTextBytesMax) return 0;
        ReadOnlySpan<byte> subject = new(text, length);
        if (!IsPrintable(subject)) return 0;
        subject.CopyTo(into);
        return length;
    }

    private static int ReadNames(nint certificate, Span<byte> into)
    {
        nint names = Crypto.CertificateExtension(certificate, SslConstants.SubjectAltName, null, null);
        if (names == 0) return 0;
        int length = 0;
        int count = Crypto.StackCount(names);
        for (int i = 0; i < count && length >= 0; i++)
        {
            int kind;
            nint value = Crypto.NameValue(Crypto.StackItem(names, i), &kind);
            if (kind is not (SslConstants.NameDns or SslConstants.NameUri) || value == 0) continue;
            ReadOnlySpan<byte> name = new(Crypto.StringBytes(value), Crypto.StringLength(value));
            // A comma would make two names of one.
            if (name.IsEmpty || !IsPrintable(name) || name.Contains((byte)',')) continue;
            length = Add(into, length, kind == SslConstants.NameDns ? "DNS:"u8 : "URI:"u8, name);
        }

        Crypto.NamesFree(names);
        return Math.Max(length, 0);
    }

    // -1 when it does not fit: a list that was cut says less than none.
    private static int Add(Span<byte> into, int length, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> separator = length == 0 ? default : ", "u8;
        if (separator.Length + kind.Length + name.Length > into.Length - length) return -1;
        separator.CopyTo(into[length..]);
        kind.CopyTo(into[(length + separator.Length)..]);
        name.CopyTo(into[(length + separator.Length + kind.Length)..]);
        return length + separator.Length + kind.Length + name.Length;
    }

    private static bool IsPrintable(ReadOnlySpan<byte> text) =>
        text.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e) < 0;

    private static void Fingerprint(nint certificate, Span<byte> into)
    {
        byte* digest = stackalloc byte[DigestBytes];
        int length = Crypto.CertificateBytes(certificate, null);
        byte* bytes = (byte*)NativeMemory.Alloc((nuint)Math.Max(length, 1));
        byte* at = bytes;
        _ = Crypto.CertificateBytes(certificate, &at);
        _ = Crypto.Sha256(bytes, (nuint)Math.Max(length, 0), digest);
        NativeMemory.Free(bytes);
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        for (int i = 0; i < DigestBytes; i++)
        {
            into[2 * i] = digits[digest[i] >> 4];
            into[(2 * i) + 1] = digits[digest[i] & 0xf];
        }
    }
}
