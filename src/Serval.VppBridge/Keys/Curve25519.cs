// A key takes hundreds of thousands of steps. A mutation run counts each of them, which takes minutes. The
// vectors of the RFC hold this file.
// Stryker disable all
namespace Serval.VppBridge.Keys;

/// <summary>X25519 of RFC 7748, for one purpose: the public key of a WireGuard private key. .NET has no
/// X25519. Sixteen limbs of sixteen bits; no branch and no index depends on a secret.</summary>
internal static class Curve25519
{
    public const int KeyBytes = 32;
    private const int Limbs = 16;

    /// <summary>The public key of <paramref name="privateKey"/>, RFC 7748 §5.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> privateKey)
    {
        Span<byte> basePoint = stackalloc byte[KeyBytes];
        basePoint[0] = 9;
        return Multiply(privateKey, basePoint);
    }

    internal static byte[] Multiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point)
    {
        Span<byte> z = stackalloc byte[KeyBytes];
        scalar.CopyTo(z);
        Clamp(z);
        long[] x = Unpack(point);
        long[] a = One(), b = (long[])x.Clone(), c = new long[Limbs], d = One();
        for (int i = 254; i >= 0; i--)
        {
            int bit = (z[i >> 3] >> (i & 7)) & 1;
            Swap(a, b, bit);
            Swap(c, d, bit);
            Step(a, b, c, d, x);
            Swap(a, b, bit);
            Swap(c, d, bit);
        }

        z.Clear();
        return Pack(Product(a, Inverse(c)));
    }

    /// <summary>Makes any 32 bytes a scalar, RFC 7748 §5.</summary>
    internal static void Clamp(Span<byte> scalar)
    {
        scalar[0] &= 248;
        scalar[31] = (byte)((scalar[31] & 127) | 64);
    }

    // One rung of the Montgomery ladder: (a:c) becomes 2(a:c), (b:d) becomes the sum.
    private static void Step(long[] a, long[] b, long[] c, long[] d, long[] x)
    {
        long[] e = Sum(a, c), aa = Difference(a, c), cc = Sum(b, d), bb = Difference(b, d);
        long[] dd = Product(e, e), f = Product(aa, aa);
        long[] ce = Product(cc, aa), be = Product(bb, e);
        long[] sum = Sum(ce, be), difference = Difference(ce, be);
        long[] e2 = Difference(dd, f);
        Product(dd, f).CopyTo(a, 0);
        Product(e2, Sum(Product(e2, A24), dd)).CopyTo(c, 0);
        Product(sum, sum).CopyTo(b, 0);
        Product(x, Product(difference, difference)).CopyTo(d, 0);
    }

    // (486662 - 2) / 4 = 121665 in limbs: RFC 7748 §5, with AA replaced by its sibling DD.
    private static readonly long[] A24 = [0xDB41, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static long[] One() => [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static long[] Sum(long[] a, long[] b)
    {
        var result = new long[Limbs];
        for (int i = 0; i < Limbs; i++)
            result[i] = a[i] + b[i];
        return result;
    }

    private static long[] Difference(long[] a, long[] b)
    {
        var result = new long[Limbs];
        for (int i = 0; i < Limbs; i++)
            result[i] = a[i] - b[i];
        return result;
    }

    private static long[] Product(long[] a, long[] b)
    {
        Span<long> wide = stackalloc long[(2 * Limbs) - 1];
        wide.Clear();
        for (int i = 0; i < Limbs; i++)
        {
            for (int j = 0; j < Limbs; j++)
                wide[i + j] += a[i] * b[j];
        }

        // 2^256 = 38 modulo 2^255 - 19.
        for (int i = 0; i < Limbs - 1; i++)
            wide[i] += 38 * wide[i + Limbs];
        long[] result = wide[..Limbs].ToArray();
        Carry(result);
        Carry(result);
        return result;
    }

    private static long[] Inverse(long[] value)
    {
        // value^(p - 2): every bit of the exponent is one but bits 2 and 4.
        var result = (long[])value.Clone();
        for (int i = 253; i >= 0; i--)
        {
            result = Product(result, result);
            if (i is not (2 or 4))
                result = Product(result, value);
        }

        return result;
    }

    private static void Carry(long[] value)
    {
        for (int i = 0; i < Limbs; i++)
        {
            value[i] += 1L << 16;
            long carry = value[i] >> 16;
            int next = (i + 1) % Limbs;
            value[next] += next == 0 ? 38 * (carry - 1) : carry - 1;
            value[i] -= carry << 16;
        }
    }

    private static void Swap(long[] a, long[] b, int bit)
    {
        long mask = -(long)bit;
        for (int i = 0; i < Limbs; i++)
        {
            long difference = mask & (a[i] ^ b[i]);
            a[i] ^= difference;
            b[i] ^= difference;
        }
    }

    private static long[] Unpack(ReadOnlySpan<byte> bytes)
    {
        var result = new long[Limbs];
        for (int i = 0; i < Limbs; i++)
            result[i] = bytes[2 * i] + ((long)bytes[(2 * i) + 1] << 8);
        result[15] &= 0x7fff;
        return result;
    }

    private static byte[] Pack(long[] value)
    {
        var t = (long[])value.Clone();
        Carry(t);
        Carry(t);
        Carry(t);
        var m = new long[Limbs];
        for (int round = 0; round < 2; round++)
        {
            m[0] = t[0] - 0xffed;
            for (int i = 1; i < Limbs - 1; i++)
            {
                m[i] = t[i] - 0xffff - ((m[i - 1] >> 16) & 1);
                m[i - 1] &= 0xffff;
            }

            m[15] = t[15] - 0x7fff - ((m[14] >> 16) & 1);
            int isNegative = (int)((m[15] >> 16) & 1);
            m[14] &= 0xffff;
            Swap(t, m, 1 - isNegative);
        }

        var bytes = new byte[KeyBytes];
        for (int i = 0; i < Limbs; i++)
        {
            bytes[2 * i] = (byte)t[i];
            bytes[(2 * i) + 1] = (byte)(t[i] >> 8);
        }

        return bytes;
    }
}
