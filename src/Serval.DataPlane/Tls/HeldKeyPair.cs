using System.Runtime.InteropServices;
using Serval.Config.Secrets;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tls;

/// <summary>
/// A certificate with its chain and private key, in OpenSSL's memory alone. Contexts that use it hold
/// references of their own; OpenSSL wipes the key when the last is dropped.
/// Owner: <see cref="CertificateStore"/>. Thread: any, under the store's lock.
/// </summary>
internal sealed unsafe class HeldKeyPair : IDisposable
{
    private readonly List<nint> _chain;
    private nint _key;
    private bool _wasNamed;
    private long _firstSeenMs;

    private HeldKeyPair(List<nint> chain, nint key, byte[] ocsp)
    {
        _chain = chain;
        _key = key;
        IsRsa = Crypto.KeyKind(key) == SslConstants.KeyRsa;
        IsChallenge = CertificateText.IsChallenge(chain[0]);
        // The control plane says so of one that nobody can read. Clients would end the handshake for it.
        if (OcspResponse.TryRead(ocsp, out OcspResponse? response))
            (Ocsp, OcspNotAfterMs) = (ocsp, response.NotAfterMs);
        List<string> names = CertificateText.Names(chain[0], SslConstants.NameDns);
        Names = [.. names.ConvertAll(static name => name.ToLowerInvariant())];
    }

    /// <summary>Whether its key is RSA; a listener shows one of each kind to clients that like one.</summary>
    public bool IsRsa { get; }

    /// <summary>
    /// Whether it answers a challenge of an authority (RFC 8737), and is shown to no other client.
    /// </summary>
    public bool IsChallenge { get; }

    /// <summary>DNS names of the certificate, in lower case, some with a leading <c>*.</c> label.</summary>
    public string[] Names { get; }

    /// <summary>The OCSP response that is stapled, DER; empty for none.</summary>
    public byte[] Ocsp { get; } = [];

    /// <summary>When that response is over, Unix milliseconds; 0 when that is not known.</summary>
    public long OcspNotAfterMs { get; }

    /// <summary>X509 of the certificate itself.</summary>
    public nint Certificate => _chain[0];

    /// <summary>Reads a pair; null with the reason when it cannot be used.</summary>
    public static HeldKeyPair? TryRead(
        ReadOnlySpan<byte> chainPem, ReadOnlySpan<byte> keyPem, ReadOnlySpan<byte> ocsp, out string? error)
    {
        List<nint> chain = Pem.Certificates(chainPem, out error);
        if (chain.Count == 0) return null;
        nint key = Pem.Key(keyPem, out error);
        if (key != 0 && Crypto.CertificateHasKey(chain[0], key) == 1)
            return new HeldKeyPair(chain, key, ocsp.ToArray());
        if (key != 0)
        {
            error = "the private key does not belong to the certificate; the certificate of the key comes "
                + "first, its issuers behind it.";
            Crypto.KeyFree(key);
        }

        Crypto.ErrorClear();
        foreach (nint certificate in chain) Crypto.CertificateFree(certificate);
        return null;
    }

    /// <summary>Gives a context this pair to show; null, or why not.</summary>
    public string? UseIn(nint context)
    {
        bool isUsed = Ssl.ContextUseCertificate(context, _chain[0]) == 1
            && Ssl.ContextUseKey(context, _key) == 1;
        for (int i = 1; i < _chain.Count && isUsed; i++)
        {
            // 1: the context takes a reference of its own.
            isUsed = Ssl.ContextControl(
                context, SslConstants.ControlChainCertificate, 1, (void*)_chain[i]) == 1;
        }

        return isUsed ? null : OpenSslLibrary.TakeError();
    }

    /// <summary>Whether nobody needs it: no snapshot names it, and one did, or has had time to.</summary>
    public bool IsUnneeded(bool isNamed, long nowMs)
    {
        if (_firstSeenMs == 0) _firstSeenMs = nowMs;
        _wasNamed |= isNamed;
        return !isNamed && (_wasNamed || nowMs - _firstSeenMs > Limits.UnnamedKeyMs);
    }

    /// <summary>Whether every name of another pair is one of this.</summary>
    public bool Covers(HeldKeyPair other) =>
        Array.TrueForAll(other.Names, name => Array.IndexOf(Names, name) >= 0);

    public void Dispose()
    {
        if (_key == 0) return;
        Crypto.KeyFree(_key);
        _key = 0;
        foreach (nint certificate in CollectionsMarshal.AsSpan(_chain)) Crypto.CertificateFree(certificate);
    }
}
