using System.Text;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tls;

/// <summary>
/// An SSL_CTX of a listener: immutable once made, used by every worker. Sessions hold references of their
/// own, so it may be disposed of while they live.
/// Owner: the publisher. Thread: any.
/// </summary>
internal sealed unsafe class ServerSecurity : IDisposable
{
    private const int ScopeBytes = 16;
    private readonly byte[] _scope = new byte[ScopeBytes];
    private nint _handle;

    private ServerSecurity(nint handle, string key)
    {
        _handle = handle;
        Key = key;
    }

    /// <summary>SSL_CTX.</summary>
    public nint Handle => _handle;

    /// <summary>
    /// The first half of what sessions are bound to; the second half is the name that the client asked for.
    /// </summary>
    public ReadOnlySpan<byte> Scope => _scope;

    /// <summary>What its owner knows it by.</summary>
    public string Key { get; }

    /// <summary>Snapshots that have it; counted by its owner.</summary>
    public int Users { get; set; }

    /// <summary>Makes a context; null with the reason when OpenSSL refuses.</summary>
    public static ServerSecurity? TryMake(ServerSecurityOptions options, string key, out string? error)
    {
        nint handle = Ssl.ContextNew(Ssl.ServerMethod());
        if (handle == 0)
        {
            error = OpenSslLibrary.TakeError();
            return null;
        }

        ServerSecurity context = new(handle, key);
        error = TlsDefaults.Apply(handle, options.IsTls13Only)
            ?? context.Show(options.Pairs)
            ?? context.AskClients(options);
        if (error is not null)
        {
            context.Dispose();
            return null;
        }

        context.SetSessions(options.Scope);
        if (options.IsChallenge) Ssl.ContextSetAlpnChoice(handle, &TlsCallbacks.ChooseChallenge, null);
        else if (options.IsHttp) Ssl.ContextSetAlpnChoice(handle, &TlsCallbacks.ChooseProtocol, null);
        return context;
    }

    public void Dispose()
    {
        if (_handle == 0) return;
        Ssl.ContextFree(_handle);
        _handle = 0;
    }

    private string? Show(IReadOnlyList<HeldKeyPair> pairs)
    {
        foreach (HeldKeyPair pair in pairs)
        {
            if (pair.UseIn(_handle) is { } error) return error;
        }

        StapledResponses.Attach(_handle, pairs);
        return null;
    }

    private string? AskClients(ServerSecurityOptions options)
    {
        if (options.Clients == ClientCertificates.NotAsked) return null;
        nint store = Ssl.ContextStore(_handle);
        foreach (byte[] bundle in options.Authorities)
        {
            List<nint> authorities = Pem.Certificates(bundle, out string? error);
            if (error is not null) return error;
            foreach (nint authority in authorities)
            {
                _ = Crypto.StoreAdd(store, authority);
                _ = Ssl.ContextAddClientAuthority(_handle, authority);
                Crypto.CertificateFree(authority);
            }
        }

        if (options.Clients == ClientCertificates.Required)
            Ssl.ContextSetVerify(_handle, SslConstants.VerifyPeer | SslConstants.VerifyRequired, null);
        else
            Ssl.ContextSetVerify(_handle, SslConstants.VerifyPeer, &TlsCallbacks.AcceptAny);
        return null;
    }

    private void SetSessions(string scope)
    {
        byte* digest = stackalloc byte[32];
        fixed (byte* text = Encoding.UTF8.GetBytes(scope))
            _ = Crypto.Sha256(text, (nuint)Encoding.UTF8.GetByteCount(scope), digest);
        new ReadOnlySpan<byte>(digest, ScopeBytes).CopyTo(_scope);
        _ = Ssl.ContextSetSessionScope(_handle, digest, ScopeBytes);
        _ = Ssl.ContextControl(_handle, SslConstants.ControlSessionCache, SslConstants.CacheOff, null);
        _ = Ssl.ContextSetSessionSeconds(_handle, Limits.TicketSeconds);
        TicketKeys.EnsureFirst();
        _ = Ssl.ContextSetTicketKeys(_handle, &TicketKeys.Choose);
    }
}
