using System.Net.Security;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Serval.Common;
using Serval.Common.Access;

namespace Serval.VppBridge.Serving;

/// <summary>Who may call: a client certificate of an allowed name, or a bearer token. Where neither is asked
/// for, only the host itself can reach the listener. Certificates, authorities and the token are read again
/// when their files change.</summary>
internal sealed class AccessPolicy
{
    private readonly ServerCertificate? _certificate;
    private readonly ClientAuthority? _clients;
    private readonly FileBacked<BearerToken>? _token;

    private AccessPolicy(
        ServerCertificate? certificate, ClientAuthority? clients, FileBacked<BearerToken>? token)
    {
        _certificate = certificate;
        _clients = clients;
        _token = token;
    }

    /// <param name="options">What the operator said.</param>
    /// <param name="listen">Where gRPC is served.</param>
    /// <param name="failed">Told why a renewed file could not be read.</param>
    /// <exception cref="OptionException">The options would let strangers in.</exception>
    public static AccessPolicy Build(
        VppGatewayOptions options, ListenAddress listen, Action<string> failed)
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
            options.CertificateFile is { } certificate
                ? new ServerCertificate(certificate, options.CertificateKeyFile, failed) : null,
            options.ClientCaFile is { } authority
                ? new ClientAuthority(authority, options.AllowedClients, failed) : null,
            options.TokenFile is { } token
                ? new FileBacked<BearerToken>([token], () => BearerToken.Read(token), failed) : null);
    }

    /// <summary>What the next handshake shows and asks for; null without TLS.</summary>
    public TlsHandshakeCallbackOptions? ToHandshake() => _certificate is null ? null : new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _certificate.Current,

            // A client without a certificate may have a token instead.
            ClientCertificateRequired = _clients is not null,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                _clients is null || _clients.MayHandshake(certificate, chain, errors),
            AllowRenegotiation = false,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        }),
    };

    /// <summary>Says whether the caller may call; looks at nothing but headers and certificate.</summary>
    public Status Authorize(HttpContext http)
    {
        if (_clients is null && _token is null)
            return Status.DefaultSuccess;
        if (_token is not null && _token.Current.Accepts(http.Request.Headers.Authorization))
            return Status.DefaultSuccess;
        if (_clients is not null && http.Connection.ClientCertificate is { } certificate)
        {
            return _clients.Allows(certificate)
                ? Status.DefaultSuccess
                : new Status(StatusCode.PermissionDenied,
                    "the name of this client is not on the list");
        }

        return new Status(
            StatusCode.Unauthenticated, "a client certificate or bearer token is needed");
    }
}
