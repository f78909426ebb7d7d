using System.Text;
using Serval.Config.Model;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tls;

/// <summary>
/// How endpoints of a cluster are spoken TLS with: an SSL_CTX, the name that is asked for and the names that
/// count. Immutable once made; every worker reads it. Connections hold references to the SSL_CTX of their
/// own.
/// Owner: <see cref="UpstreamPolicies"/>. Thread: any.
/// </summary>
internal sealed unsafe class UpstreamSecurity : IDisposable
{
    private nint _context;

    /// <summary>
    /// What connections with this policy have in common; others never share a pool with it.
    /// </summary>
    public required string Key { get; init; }

    /// <summary>Endpoints that have it, those included that workers still let go of.</summary>
    public int Slots { get; set; }

    /// <summary>SSL_CTX; 0 when it cannot be used: then every attempt fails, and nothing is sent.</summary>
    public nint Context => _context;

    /// <summary>The server name to ask for, ended by a zero byte.</summary>
    public required byte[] Hostname { get; init; }

    /// <summary>DNS names of which the certificate must have one; empty with no URIs: the hostname.</summary>
    public required byte[][] DnsNames { get; init; }

    /// <summary>URIs of which the certificate must have one.</summary>
    public required byte[][] Uris { get; init; }

    /// <summary>Whether the certificate must be for the hostname.</summary>
    public bool ChecksHostname => DnsNames.Length == 0 && Uris.Length == 0;

    /// <summary>Makes one; <paramref name="error"/> says why it cannot be used.</summary>
    /// <param name="key">See <see cref="Key"/>.</param>
    /// <param name="tls">What the cluster says.</param>
    /// <param name="authorities">PEM of its authorities.</param>
    /// <param name="own">What is shown to endpoints; null for nothing.</param>
    /// <param name="error">Null when it can be used.</param>
    public static UpstreamSecurity Make(
        string key, ClusterTls tls, IReadOnlyList<byte[]> authorities, HeldKeyPair? own, out string? error)
    {
        UpstreamSecurity security = new()
        {
            Key = key,
            Hostname = Encoding.ASCII.GetBytes(tls.Hostname + "\0"),
            DnsNames = NamesOf(tls, SubjectNameKind.Dns),
            Uris = NamesOf(tls, SubjectNameKind.Uri),
        };
        error = OpenSslLibrary.Problem ?? security.MakeContext(tls, authorities, own);
        if (error is not null) security.Dispose();
        return security;
    }

    public void Dispose()
    {
        if (_context != 0) Ssl.ContextFree(_context);
        _context = 0;
    }

    private static byte[][] NamesOf(ClusterTls tls, SubjectNameKind kind)
    {
        List<byte[]> names = [];
        foreach (SubjectName name in tls.SubjectNames)
        {
            if (name.Kind == kind) names.Add(Encoding.ASCII.GetBytes(name.Value));
        }

        return [.. names];
    }

    private string? MakeContext(ClusterTls tls, IReadOnlyList<byte[]> authorities, HeldKeyPair? own)
    {
        _context = Ssl.ContextNew(Ssl.ClientMethod());
        if (_context == 0) return OpenSslLibrary.TakeError();
        string? error = TlsDefaults.Apply(_context, isTls13Only: false);
        if (error is null && tls.UsesSystemAuthorities && Ssl.ContextUseSystemAuthorities(_context) != 1)
            error = "the authorities of the system cannot be read: " + OpenSslLibrary.TakeError();
        nint store = Ssl.ContextStore(_context);
        foreach (byte[] bundle in authorities)
        {
            List<nint> certificates = Pem.Certificates(bundle, out string? unreadable);
            foreach (nint authority in certificates)
            {
                _ = Crypto.StoreAdd(store, authority);
                Crypto.CertificateFree(authority);
            }

            error ??= unreadable;
        }

        error ??= own?.UseIn(_context);
        Ssl.ContextSetVerify(_context, SslConstants.VerifyPeer, null);
        // Sessions are kept per endpoint and worker, by us.
        const int cache = SslConstants.CacheClient | SslConstants.CacheNoInternal;
        _ = Ssl.ContextControl(_context, SslConstants.ControlSessionCache, cache, null);
        Ssl.ContextSetNewSession(_context, &TlsCallbacks.NewSession);
        return error;
    }
}
