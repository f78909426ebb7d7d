using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Common;
using Serval.Common.Access;
using Serval.Grpc;
using Serval.Grpc.Serving;

namespace Serval.VppBridge.Serving;

/// <summary>Who may call: a client certificate of an allowed name, or a bearer token. Where neither is asked
/// for, only the host itself can reach the listener.</summary>
internal sealed class AccessPolicy
{
    private const int TokenCharsMin = 16;
    private const string CommonNameOid = "2.5.4.3";
    private const string ClientAuthenticationOid = "1.3.6.1.5.5.7.3.2";
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

    /// <exception cref="OptionException">The options would let strangers in.</exception>
    public static AccessPolicy Build(VppGatewayOptions options, ListenAddress listen)
    {
        bool isTls = options.CertificateFile is not null;
        if (!listen.IsLocal && !isTls)
            throw new OptionException($"--listen {options.Listen} is not loopback and needs TLS "
                + "(--tls-cert-file, --tls-key-file)");
        if (!listen.IsLocal && options.ClientCaFile is null && options.TokenFile is null)
            throw new OptionException($"--listen {options.Listen} is not loopback and needs --client-ca "
                + "or --token-file");
        if (options.ClientCaFile is not null && (!isTls || options.AllowedClients.Count == 0))
            throw new OptionException(
                "--client-ca needs --tls-cert-file, and at least one --allow-client");
        if (options.ClientCaFile is null && options.AllowedClients.Count > 0)
            throw new OptionException("--allow-client needs --client-ca: names that nobody signed for "
                + "prove nothing");
        if (options.AllowedClients.Any(string.IsNullOrWhiteSpace))
            throw new OptionException("--allow-client is empty; say a name");
        return new AccessPolicy(
            options.ClientCaFile is null ? null : PemFiles.ReadCertificates(options.ClientCaFile),
            options.TokenFile is null ? null : ReadToken(options.TokenFile), options.AllowedClients);
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
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthenticationOid));
        foreach (X509ChainElement element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(certificate);
    }

    private static byte[] ReadToken(string path)
    {
        string token = PemFiles.ReadText(path).Trim();
        return token.Length >= TokenCharsMin
            ? SHA256.HashData(Encoding.UTF8.GetBytes(token))
            : throw new OptionException(
                $"the token in {path} has fewer than {TokenCharsMin} characters");
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
        // Only a common name: where there is none, the simple name would be any part of the subject.
        IEnumerable<string> common = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements
                && part.GetSingleElementType().Value == CommonNameOid)
            .Select(part => part.GetSingleElementValue()).OfType<string>();
        string uri = certificate.GetNameInfo(X509NameType.UrlName, forIssuer: false);
        IEnumerable<string> dns = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames());
        return [.. common, uri, .. dns];
    }
}
