using System.Net;
using Serval.Common.Access;

namespace Serval.DataPlane.Admin;

/// <summary>Where the admin API listens and who may use it.</summary>
/// <param name="Endpoint">Address and port; port 0 takes a free one.</param>
public sealed record AdminOptions(IPEndPoint Endpoint)
{
    /// <summary>The bearer token that opens the API; null: none does.</summary>
    public FileBacked<BearerToken>? Token { get; init; }

    /// <summary>TLS of the listener; null: plain HTTP.</summary>
    public AdminTls? Tls { get; init; }

    /// <summary>Whether <c>/metrics</c> needs no credentials, as health and readiness never do.</summary>
    public bool IsMetricsOpen { get; init; }

    /// <summary>Whether requests prove who sends them, by a token or a client certificate.</summary>
    public bool AsksForCredentials => Token is not null || Tls?.Clients is not null;

    /// <summary>Says why these options are refused; null when they are fine.</summary>
    public string? FindFault() => !AsksForCredentials && !IPAddress.IsLoopback(Endpoint.Address)
        ? $"The admin API would listen on {Endpoint} for anyone. Give a loopback address, or "
            + "--admin-token-file, or --admin-tls-cert with --admin-tls-client-ca."
        : null;
}
