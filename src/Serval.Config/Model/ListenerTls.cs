using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>How a listener speaks TLS.</summary>
public sealed record ListenerTls
{
    /// <summary>Who ends TLS; always <see cref="TlsMode.Terminate"/> on an HTTPS listener.</summary>
    public TlsMode Mode { get; init; }

    /// <summary>
    /// Names of <see cref="Certificate"/>s. The first is presented when the client names no host, or one that
    /// no certificate is for. Empty for <see cref="TlsMode.Passthrough"/> alone.
    /// </summary>
    public ImmutableArray<string> Certificates { get; init; } = [];

    /// <summary>Clients that offer only older versions are refused.</summary>
    public TlsVersion MinVersion { get; init; }

    /// <summary>Whether clients must present a certificate; null asks for none.</summary>
    public ClientValidation? ClientValidation { get; init; }
}
