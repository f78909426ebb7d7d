using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>
/// What ends of one kind have in common: an SSL_CTX with OpenSSL's own defaults, not those of Serval.
/// </summary>
internal sealed unsafe class EndSecurity : IDisposable
{
    // SSL_CTRL_SET_MAX_PROTO_VERSION, SSL_MODE_SEND_FALLBACK_SCSV.
    private const int ControlMaxVersion = 124;
    private const int ModeFallback = 0x80;
    private static readonly ConcurrentDictionary<nint, int> AlertsReceived = new();
    private static readonly ConcurrentDictionary<nint, int> AlertsSent = new();

    private EndSecurity(nint method)
    {
        Handle = Ssl.ContextNew(method);
        Ssl.ContextSetInfo(Handle, &OnInfo);
    }

    public nint Handle { get; }

    /// <summary>Clients that trust an authority.</summary>
    public static EndSecurity ForClients(TestAuthority authority, bool isTls12 = false)
    {
        EndSecurity context = new(Ssl.ClientMethod());
        foreach (nint certificate in Pem.Certificates(Encoding.ASCII.GetBytes(authority.Pem), out _))
        {
            Assert.Equal(1, Crypto.StoreAdd(Ssl.ContextStore(context.Handle), certificate));
            Crypto.CertificateFree(certificate);
        }

        Ssl.ContextSetVerify(context.Handle, SslConstants.VerifyPeer, null);
        return isTls12 ? context.SpeakingTls12() : context;
    }

    /// <summary>Servers that show a certificate.</summary>
    public static EndSecurity ForServers(IssuedPair pair, bool isTls12 = false)
    {
        EndSecurity context = new EndSecurity(Ssl.ServerMethod()).Showing(pair);
        return isTls12 ? context.SpeakingTls12() : context;
    }

    /// <summary>The last alert but close_notify that a peer has sent to an SSL; -1 for none.</summary>
    public static int AlertReceivedBy(nint ssl) => AlertsReceived.GetValueOrDefault(ssl, -1);

    /// <summary>The last alert but close_notify that an SSL has sent; -1 for none.</summary>
    public static int AlertSentBy(nint ssl) => AlertsSent.GetValueOrDefault(ssl, -1);

    /// <summary>Forgets an SSL, whose address another may have.</summary>
    public static void Forget(nint ssl)
    {
        _ = AlertsReceived.TryRemove(ssl, out _);
        _ = AlertsSent.TryRemove(ssl, out _);
    }

    /// <summary>Shows a certificate.</summary>
    public EndSecurity Showing(IssuedPair pair)
    {
        nint certificate = Pem.Certificates(Encoding.ASCII.GetBytes(pair.ChainPem), out _)[0];
        nint key = Pem.Key(Encoding.ASCII.GetBytes(pair.KeyPem), out _);
        Assert.Equal(1, Ssl.ContextUseCertificate(Handle, certificate));
        Assert.Equal(1, Ssl.ContextUseKey(Handle, key));
        Crypto.CertificateFree(certificate);
        Crypto.KeyFree(key);
        Crypto.ErrorClear();
        return this;
    }

    /// <summary>Speaks TLS 1.2 and nothing newer.</summary>
    public EndSecurity SpeakingTls12()
    {
        Assert.Equal(1, Ssl.ContextControl(Handle, ControlMaxVersion, SslConstants.Tls12, null));
        return this;
    }

    /// <summary>Says that it has tried a newer version before (RFC 7507).</summary>
    public EndSecurity FallingBack()
    {
        _ = Ssl.ContextControl(Handle, SslConstants.ControlMode, ModeFallback, null);
        return this;
    }

    /// <summary>Speaks these suites of TLS 1.2.</summary>
    public EndSecurity WithCiphers(string names)
    {
        fixed (byte* text = Encoding.ASCII.GetBytes(names + "\0"))
            Assert.Equal(1, Ssl.ContextSetCiphers12(Handle, text));
        return this;
    }

    /// <summary>Offers one protocol by ALPN.</summary>
    public EndSecurity Offering(string protocol)
    {
        byte[] list = [(byte)protocol.Length, .. Encoding.ASCII.GetBytes(protocol)];
        fixed (byte* text = list) Assert.Equal(0, Ssl.ContextSetAlpn(Handle, text, (uint)list.Length));
        return this;
    }

    public void Dispose() => Ssl.ContextFree(Handle);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnInfo(nint ssl, int what, int value)
    {
        if ((what & SslConstants.InfoAlert) == 0 || (value & 0xff) == 0) return;
        if ((what & SslConstants.InfoRead) != 0) AlertsReceived[ssl] = value & 0xff;
        else AlertsSent[ssl] = value & 0xff;
    }
}
