using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Grpc;
using Serval.Grpc.Serving;

namespace Serval.VppBridge.Serving;

/// <summary>Who may call: a client certificate of an allowed name, or a bearer token. Where neither is asked
/// for, only the host itself can reach the listener.</summary>
internal sealed class AccessPolicy
{
    private const int TokenCharsMin = 16;
    private readonly byte[]? _tokenHash;
    private readonly HashSet<string> _clients;

    private AccessPolicy(
        X509Certificate2Collection? authorities, byte[]? tokenHash, IEnumerable<string> clients)
    {
        Authorities = authorities;
        _tokenHash = tokenHash;
        _clients = new HashSet<string>(clients, StringComparer.Ordinal);
    }

    /// <summary>Who signs client certificates; null when none are asked for.</summary>
    public X509Certificate2Collection? Authorities { get; }

    /// <exception cref="ArgumentException">The options would let strangers in.</exception>
    public static AccessPolicy Build(VppGatewayOptions options, ListenAddress listen)
    {
        bool isTls = options.CertificateFile is not null;
        if (!listen.IsLocal && !isTls)
            throw new ArgumentException($"--listen {options.Listen} is not loopback and needs TLS "
                + "(--tls-cert, --tls-key)", nameof(options));
        if (!listen.IsLocal && options.ClientCaFile is null && options.TokenFile is null)
            throw new ArgumentException($"--listen {options.Listen} is not loopback and needs --client-ca "
                + "or --token-file", nameof(options));
        if (options.ClientCaFile is not null && (!isTls || options.AllowedClients.Count == 0))
            throw new ArgumentException(
                "--client-ca needs --tls-cert, and at least one --allow-client", nameof(options));
        X509Certificate2Collection? authorities = null;
        if (options.ClientCaFile is not null)
        {
            authorities = [];
            authorities.ImportFromPemFile(options.ClientCaFile);
        }

        return new AccessPolicy(
            authorities, options.TokenFile is null ? null : ReadToken(options.TokenFile),
                options.AllowedClients);
    }

    public GrpcStatus Authorize(GrpcCall call)
    {
        if (Authorities is null && _tokenHash is null)
            return GrpcStatus.Ok;
        if (_tokenHash is not null && HasToken(call.Request.Find("authorization")))
            return GrpcStatus.Ok;
        if (Authorities is not null && call.ClientCertificate is { } certificate)
        {
            return Names(certificate).Any(_clients.Contains)
                ? GrpcStatus.Ok
                : new GrpcStatus(GrpcStatusCode.PermissionDenied,
                    "the name of this client is not on the list");
        }

        return new GrpcStatus(
            GrpcStatusCode.Unauthenticated, "a client certificate or bearer token is needed");
    }

    /// <summary>Accepts certificates that lead to our authorities and are meant for clients.</summary>
    public bool IsTrusted(X509Certificate2 certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        foreach (X509ChainElement element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(certificate);
    }

    private static byte[] ReadToken(string path)
    {
        string token = File.ReadAllText(path).Trim();
        return token.Length >= TokenCharsMin
            ? SHA256.HashData(Encoding.UTF8.GetBytes(token))
            : throw new ArgumentException(
                $"the token in {path} has fewer than {TokenCharsMin} characters", nameof(path));
    }

    private bool HasToken(string? header)
    {
        const string Scheme = "Bearer ";
        return header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..])), _tokenHash);
    }

    private static IEnumerable<string> Names(X509Certificate2 certificate)
    {
        string common = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        string uri = certificate.GetNameInfo(X509NameType.UrlName, forIssuer: false);
        IEnumerable<string> dns = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames());
        return [common, uri, .. dns];
    }
}
