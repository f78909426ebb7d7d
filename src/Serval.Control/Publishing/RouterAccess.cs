using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Serval.Common;
using Serval.Common.Access;

namespace Serval.Control.Publishing;

/// <summary>
/// How routers know the gateway and the gateway knows routers: a bearer token, a client certificate, a CA.
/// Files are read again whenever they change, so that rotation needs no restart.
/// </summary>
public sealed record RouterAccess
{
    /// <summary>File with the bearer token; null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>
    /// File with the CA that signed the routers' certificates; null for those of the system.
    /// </summary>
    public string? AuthorityFile { get; init; }

    /// <summary>File with the gateway's certificate; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>File with the key of that certificate.</summary>
    public string? KeyFile { get; init; }

    /// <summary>
    /// The name that routers' certificates must have; null for the address that is connected to.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>True when any file changes what a connection is made with.</summary>
    public bool UsesTls => AuthorityFile is not null || CertificateFile is not null;

    /// <summary>Says why these options are refused; null when they are fine.</summary>
    public string? FindFault()
    {
        if (CertificateFile is null != KeyFile is null)
            return "A client certificate needs both its certificate and its key.";
        foreach (string? file in new[] { TokenFile, AuthorityFile, CertificateFile, KeyFile })
        {
            if (file is not null && !File.Exists(file))
                return $"{file} does not exist.";
        }
        return null;
    }

    /// <summary>The client of one router.</summary>
    internal HttpClient CreateClient()
    {
        SocketsHttpHandler handler = new()
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(PublishingLimits.ConnectTimeoutMs),
            UseProxy = false,
            AllowAutoRedirect = false,
            MaxConnectionsPerServer = 2,
            // A connection that outlives its certificate by far would hide that rotation failed.
            PooledConnectionLifetime = TimeSpan.FromHours(1),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = Validate;
        if (CertificateFile is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => ReadCertificate();
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The credentials of a request; null for none.</summary>
    /// <exception cref="OptionException">The file holds no token.</exception>
    internal AuthenticationHeaderValue? Authorization() =>
        TokenFile is null ? null : BearerToken.ReadHeader(TokenFile);

    private X509Certificate2 ReadCertificate()
    {
        using X509Certificate2 pem = PemFiles.ReadOwn(CertificateFile!, KeyFile);
        // A key that lives in memory only cannot be used by every TLS library.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private bool Validate(
        object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        ServerTrust.Accepts(
            AuthorityFile is null ? null : PemFiles.ReadCertificates(AuthorityFile), ServerName, certificate,
            chain, errors);
}
