using System.Security.Cryptography;

namespace Serval.VppBridge.Keys;

/// <summary>A WireGuard private key. It prints as [redacted]; the bytes are asked for by name.</summary>
internal sealed class PrivateKey : IEquatable<PrivateKey>
{
    private readonly byte[] _bytes;

    private PrivateKey(byte[] bytes)
    {
        _bytes = bytes;
        PublicKey = Convert.ToBase64String(Curve25519.PublicKey(bytes));
    }

    /// <summary>Base64 of the public key.</summary>
    public string PublicKey { get; }

    public static PrivateKey Generate()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(Curve25519.KeyBytes);
        Curve25519.Clamp(bytes);
        return new PrivateKey(bytes);
    }

    public static bool TryParse(string base64, out PrivateKey? key)
    {
        key = TryParseKey(base64, out byte[] bytes) ? new PrivateKey(bytes) : null;
        return key is not null;
    }

    /// <summary>Reads 32 bytes of base64 in their only spelling; private and public keys look
    /// alike.</summary>
    public static bool TryParseKey(string base64, out byte[] bytes)
    {
        bytes = new byte[Curve25519.KeyBytes + 1];
        bool isKey = base64.Length == 44 && Convert.TryFromBase64String(base64, bytes, out int count)
            && count == Curve25519.KeyBytes;
        bytes = bytes[..Curve25519.KeyBytes];
        return isKey && Convert.ToBase64String(bytes) == base64;
    }

    public ReadOnlySpan<byte> RevealBytes() => _bytes;

    public string RevealBase64() => Convert.ToBase64String(_bytes);

    public bool Equals(PrivateKey? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override bool Equals(object? obj) => Equals(obj as PrivateKey);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(PublicKey);

    public override string ToString() => "[redacted]";
}
