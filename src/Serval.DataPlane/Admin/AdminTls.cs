using System.Net.Security;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Serval.Common.Access;

namespace Serval.DataPlane.Admin;

/// <summary>TLS of the admin API.</summary>
/// <param name="Certificate">What the listener shows.</param>
/// <param name="Clients">Whose client certificates are let in; null asks for none.</param>
public sealed record AdminTls(ServerCertificate Certificate, ClientAuthority? Clients)
{
    /// <summary>Kestrel asks on each handshake, so renewed files take effect without a restart.</summary>
    internal TlsHandshakeCallbackOptions ToHandshake() => new()
    {
        HandshakeTimeout = TimeSpan.FromMilliseconds(AdminLimits.HeaderTimeoutMs),
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = Certificate.Current,
            ClientCertificateRequired = Clients is not null,
            RemoteCertificateValidationCallback = Clients is null
                ? null
                : (_, certificate, chain, errors) => Clients.MayHandshake(certificate, chain, errors),
        }),
    };
}
