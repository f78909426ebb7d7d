using System.Text;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tls;

/// <summary>
/// What every context has, towards clients and towards endpoints: forward secrecy and authenticated
/// encryption only, no renegotiation, no compression, no early data, no memory while idle, and the chain of
/// the key pair as it is: OpenSSL would search the authorities for one in every handshake.
/// </summary>
internal static unsafe class TlsDefaults
{
    private const string Ciphers13 =
        "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    private const string Ciphers12 =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
        + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

    private const string Groups = "X25519:P-256:P-384";

    // OpenSSL knows it from 3.5 on.
    private const string GroupsWithHybrid = "X25519MLKEM768:" + Groups;

    /// <summary>Sets them; null, or what OpenSSL refused.</summary>
    public static string? Apply(nint context, bool isTls13Only)
    {
        const int mode = SslConstants.ModePartialWrite | SslConstants.ModeMovingBuffer
            | SslConstants.ModeReleaseBuffers | SslConstants.ModeNoAutoChain;
        _ = Ssl.ContextControl(context, SslConstants.ControlMode, mode, null);
        _ = Ssl.ContextSetOptions(context, SslConstants.OptionNoCompression
            | SslConstants.OptionNoRenegotiation | SslConstants.OptionServerPreference
            | SslConstants.OptionPrioritizeChaCha);
        int version = isTls13Only ? SslConstants.Tls13 : SslConstants.Tls12;
        bool isSet = Ssl.ContextControl(context, SslConstants.ControlMinVersion, version, null) == 1
            && IsSet(context, Ciphers13, &Ssl.ContextSetCiphers13)
            && IsSet(context, Ciphers12, &Ssl.ContextSetCiphers12)
            && (IsSet(context, GroupsWithHybrid, &SetGroups) || IsSet(context, Groups, &SetGroups));
        if (!isSet) return OpenSslLibrary.TakeError();
        Crypto.ErrorClear();
        Ssl.ContextSetInfo(context, &TlsCallbacks.Info);
        return null;
    }

    private static bool IsSet(nint context, string list, delegate*<nint, byte*, int> set)
    {
        fixed (byte* text = Encoding.ASCII.GetBytes(list + "\0")) return set(context, text) == 1;
    }

    private static int SetGroups(nint context, byte* list) =>
        (int)Ssl.ContextControl(context, SslConstants.ControlGroups, 0, list);
}
