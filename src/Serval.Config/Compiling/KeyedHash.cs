using System.Buffers.Binary;

namespace Serval.Config.Compiling;

/// <summary>
/// A hash under a secret that differs between snapshots, so that nobody can choose hosts or paths that
/// collide.
/// </summary>
/// <param name="Seed">Start of every hash.</param>
/// <param name="Multiplier">Odd; multiplies at every step.</param>
internal readonly record struct KeyedHash(ulong Seed, ulong Multiplier)
{
    private const ulong ScopeMultiplier = 0x9E3779B97F4A7C15;

    /// <summary>From 16 random bytes.</summary>
    public static KeyedHash From(ReadOnlySpan<byte> secret) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(secret),
        BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]) | 1);

    /// <summary>Continues a hash over some bytes; where the pieces were cut is part of the result.</summary>
    public ulong Continue(ulong hash, ReadOnlySpan<byte> bytes)
    {
        ulong last = (ulong)bytes.Length << 56;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        if (bytes.Length >= sizeof(uint))
        {
            // The two reads overlap in bytes that they agree about.
            ulong end = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]);
            end <<= 8 * (bytes.Length - sizeof(uint));
            last |= end | BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        }
        else
        {
            for (int i = 0; i < bytes.Length; i++)
                last ^= (ulong)bytes[i] << (8 * i);
        }

        return Fold(hash ^ last);
    }

    /// <summary>The hash of some bytes.</summary>
    public ulong Of(ReadOnlySpan<byte> bytes) => Continue(Seed, bytes);

    /// <summary>The hash of bytes inside a numbered scope, and of one of two kinds there.</summary>
    public uint InScope(ulong hash, int scope, bool isSecondKind)
    {
        ulong salt = (((ulong)(uint)scope << 1) | (isSecondKind ? 1u : 0u)) * ScopeMultiplier;
        return (uint)(Fold(hash ^ salt) >> 32);
    }

    private ulong Fold(ulong value)
    {
        ulong high = Math.BigMul(value, Multiplier, out ulong low);
        return high ^ low;
    }
}
