using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>
/// The OCSP responses that a context staples (RFC 6066 §8), in memory that lives exactly as long as the
/// context: connections hold it longer than the configuration does.
/// </summary>
internal static unsafe class StapledResponses
{
    // CRYPTO_EX_INDEX_SSL_CTX.
    private const int OfContexts = 1;
    private static readonly Lazy<int> Place = new(
        () => Crypto.ExtraNewIndex(OfContexts, 0, 0, 0, 0, &Release));

    /// <summary>Lets a context staple the responses of some of its pairs.</summary>
    public static void Attach(nint context, IReadOnlyList<HeldKeyPair> pairs)
    {
        int count = 0;
        int bytes = 0;
        foreach (HeldKeyPair pair in pairs)
        {
            if (pair.Ocsp.Length == 0) continue;
            count++;
            bytes += pair.Ocsp.Length;
        }

        if (count == 0) return;
        nuint listBytes = (nuint)((count + 1) * sizeof(StapledResponse));
        StapledResponse* list = (StapledResponse*)NativeMemory.AllocZeroed(listBytes + (nuint)bytes);
        byte* at = (byte*)list + listBytes;
        StapledResponse* next = list;
        foreach (HeldKeyPair pair in pairs)
        {
            if (pair.Ocsp.Length == 0) continue;
            pair.Ocsp.CopyTo(new Span<byte>(at, pair.Ocsp.Length));
            *next++ = new StapledResponse
            {
                Certificate = pair.Certificate,
                Bytes = at,
                Length = pair.Ocsp.Length,
                NotAfterMs = pair.OcspNotAfterMs,
            };
            at += pair.Ocsp.Length;
        }

        if (Ssl.ContextSetExtra(context, Place.Value, list) != 1)
        {
            NativeMemory.Free(list);
            return;
        }

        delegate* unmanaged[Cdecl]<nint, void*, int> staple = &TlsCallbacks.Staple;
        _ = Ssl.ContextCallback(context, SslConstants.ControlStatusCallback, (nint)staple);
        _ = Ssl.ContextControl(context, SslConstants.ControlStatusArgument, 0, list);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(nint parent, void* list, nint all, int index, nint number, nint argument) =>
        NativeMemory.Free(list);
}
