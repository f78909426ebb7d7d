using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>
/// What OpenSSL asks or tells while a call is under way, on the thread of the worker that made it.
/// </summary>
internal static unsafe class TlsCallbacks
{
    // The names of RFC 7301 that we speak, most wanted first, each behind its length.
    private static ReadOnlySpan<byte> Protocols => "\u0008http/1.1\u0008http/1.0"u8;

    /// <summary>
    /// SSL_CTX_set_info_callback: counts what costs work, and keeps the alerts of a failure.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void Info(nint ssl, int what, int value)
    {
        if ((what & (SslConstants.InfoAlert | SslConstants.InfoLoop)) == 0) return;
        ref TlsSession session = ref WireBio.WireOf(ssl).Session;
        if (session.Has(TlsFlags.IsEstablished)) session.Messages++;
        if ((what & SslConstants.InfoAlert) == 0) return;
        short alert = (short)(value & 0xff);
        if ((what & SslConstants.InfoRead) != 0) session.AlertReceived = alert;
        else session.AlertSent = alert;
    }

    /// <summary>
    /// SSL_CTX_set_alpn_select_cb: the first of our protocols that the client offers. One that offers none
    /// of them is refused (RFC 7301 §3.2).
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int ChooseProtocol(
        nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint length, void* argument)
    {
        ReadOnlySpan<byte> ours = Protocols;
        while (!ours.IsEmpty)
        {
            ReadOnlySpan<byte> name = ours.Slice(1, ours[0]);
            int at = 0;
            while (at < length && at + 1 + offered[at] <= length)
            {
                ReadOnlySpan<byte> theirs = new(offered + at + 1, offered[at]);
                if (theirs.SequenceEqual(name))
                {
                    *chosen = offered + at + 1;
                    *chosenLength = offered[at];
                    return SslConstants.ExtensionOk;
                }

                at += 1 + offered[at];
            }

            ours = ours[(1 + ours[0])..];
        }

        return SslConstants.ExtensionFatal;
    }

    /// <summary>
    /// SSL_CTX_set_alpn_select_cb where challenges are answered: only a client that offers
    /// <c>acme-tls/1</c> alone is not refused (RFC 8737 §3).
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int ChooseChallenge(
        nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint length, void* argument)
    {
        if (!new ReadOnlySpan<byte>(offered, (int)length).SequenceEqual("\u000aacme-tls/1"u8))
            return SslConstants.ExtensionFatal;
        *chosen = offered + 1;
        *chosenLength = offered[0];
        return SslConstants.ExtensionOk;
    }

    /// <summary>
    /// SSL_CTX_set_tlsext_status_cb: staples the response that is kept for the certificate that was chosen.
    /// The argument is a list of <see cref="StapledResponse"/>, ended by one without a certificate.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Staple(nint ssl, void* argument)
    {
        nint certificate = Ssl.OwnCertificate(ssl);
        for (StapledResponse* response = (StapledResponse*)argument; response->Certificate != 0; response++)
        {
            if (response->Certificate != certificate) continue;
            if (IsOver(response->NotAfterMs)) return SslConstants.ExtensionNoAck;
            // OpenSSL frees it with the connection.
            void* copy = Crypto.Allocate((nuint)response->Length, null, 0);
            if (copy == null) return SslConstants.ExtensionNoAck;
            NativeMemory.Copy(response->Bytes, copy, (nuint)response->Length);
            _ = Ssl.Control(ssl, SslConstants.ControlStatusResponse, response->Length, copy);
            return SslConstants.ExtensionOk;
        }

        return SslConstants.ExtensionNoAck;
    }

    /// <summary>SSL_CTX_sess_set_new_cb: keeps the newest session that an endpoint offers.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int NewSession(nint ssl, nint resumable)
    {
        ref TlsSession session = ref WireBio.WireOf(ssl).Session;
        if (session.Resumable != 0) Ssl.SessionFree(session.Resumable);
        session.Resumable = resumable;
        return 1;
    }

    /// <summary>
    /// SSL_CTX_set_verify where a client's certificate is asked for and not required: whatever is shown, the
    /// handshake goes on, and the result says what it was worth.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int AcceptAny(int isTrusted, nint store) => 1;

    private static bool IsOver(long notAfterMs) =>
        notAfterMs != 0 && TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() >= notAfterMs;
}
