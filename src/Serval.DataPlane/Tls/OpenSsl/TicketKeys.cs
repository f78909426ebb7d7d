using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>
/// The keys of session tickets (RFC 5077, RFC 8446 §4.6.1). All listeners and workers of the process share
/// them, so that a client may come back to any worker; what a ticket is good for is bound by its session
/// scope. Tickets are sealed with the newest key and opened with it or the one before.
/// Thread: <see cref="Rotate"/> from one at a time, the callback from every worker. Bound: two sets.
/// </summary>
internal static unsafe class TicketKeys
{
    private const int NameBytes = 16;
    private const int VectorBytes = 16;
    private const int SecretBytes = 32;
    private const int KeyBytes = NameBytes + (2 * SecretBytes);
    private const int SetBytes = 2 * KeyBytes;
    private const int Unknown = 0;
    private const int Good = 1;
    private const int GoodButOld = 2;
    private static readonly Lock Guard = new();

    // Addresses of sets: the newest key, then the one before.
    private static nint _set;
    private static nint _setBefore;
    private static long _madeMs;

    /// <summary>Makes the first key, unless there is one.</summary>
    public static void EnsureFirst()
    {
        lock (Guard)
        {
            if (_set != 0) return;
            Rotate();
            _madeMs = Environment.TickCount64;
        }
    }

    /// <summary>
    /// Makes a new key if the newest is as old as tickets may be; true if it did. Before the first key there
    /// is nothing to do: nobody speaks TLS.
    /// </summary>
    /// <param name="nowMs">As <see cref="Environment.TickCount64"/>.</param>
    public static bool RotateIfDue(long nowMs)
    {
        lock (Guard)
        {
            if (_set == 0 || nowMs - _madeMs < Limits.TicketSeconds * 1_000L) return false;
            Rotate();
            _madeMs = nowMs;
            return true;
        }
    }

    /// <summary>
    /// Makes a new key; the newest one becomes the one before. The set that is replaced is wiped at the next
    /// rotation, hours later, when no worker can be reading it any more.
    /// </summary>
    public static void Rotate()
    {
        lock (Guard)
        {
            byte* set = (byte*)NativeMemory.AllocZeroed(SetBytes);
            if (Crypto.Random(set, SetBytes) != 1)
            {
                NativeMemory.Free(set);
                Crypto.ErrorClear();
                return;
            }

            if (_set != 0)
            {
                new ReadOnlySpan<byte>((byte*)_set, KeyBytes)
                    .CopyTo(new Span<byte>(set + KeyBytes, KeyBytes));
            }

            if (_setBefore != 0)
            {
                new Span<byte>((byte*)_setBefore, SetBytes).Clear();
                NativeMemory.Free((void*)_setBefore);
            }

            _setBefore = _set;
            Volatile.Write(ref _set, (nint)set);
        }
    }

    /// <summary>
    /// SSL_CTX_set_tlsext_ticket_key_evp_cb: prepares the sealing or the opening of a ticket.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Choose(nint ssl, byte* name, byte* vector, nint cipher, nint mac, int isSealing)
    {
        byte* key = (byte*)Volatile.Read(ref _set);
        if (key == null) return Unknown;
        if (isSealing != 0)
        {
            new ReadOnlySpan<byte>(key, NameBytes).CopyTo(new Span<byte>(name, NameBytes));
            bool isReady = Crypto.Random(vector, VectorBytes) == 1
                && Crypto.EncryptInit(cipher, Crypto.Aes256Cbc(), 0, key + NameBytes, vector) == 1
                && IsMacSet(mac, key);
            return isReady ? Good : -1;
        }

        ReadOnlySpan<byte> wanted = new(name, NameBytes);
        bool isNewest = wanted.SequenceEqual(new ReadOnlySpan<byte>(key, NameBytes));
        if (!isNewest)
        {
            key += KeyBytes;
            if (!wanted.SequenceEqual(new ReadOnlySpan<byte>(key, NameBytes))) return Unknown;
        }

        bool isOpening = IsMacSet(mac, key)
            && Crypto.DecryptInit(cipher, Crypto.Aes256Cbc(), 0, key + NameBytes, vector) == 1;
        if (!isOpening) return -1;
        return isNewest ? Good : GoodButOld;
    }

    private static bool IsMacSet(nint mac, byte* key)
    {
        OpenSslParameter* parameters = stackalloc OpenSslParameter[3];
        parameters[0] = new OpenSslParameter
        {
            Key = Constant("key\0"u8),
            Type = OpenSslParameter.Octets,
            Value = key + NameBytes + SecretBytes,
            Bytes = SecretBytes,
        };
        parameters[1] = new OpenSslParameter
        {
            Key = Constant("digest\0"u8),
            Type = OpenSslParameter.Utf8,
            Value = Constant("SHA256\0"u8),
            Bytes = 6,
        };
        parameters[2] = default;
        return Crypto.MacSetParameters(mac, parameters) == 1;
    }

    // Literals lie in the program's image, which nothing moves.
    private static byte* Constant(ReadOnlySpan<byte> literal) =>
        (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(literal));
}
