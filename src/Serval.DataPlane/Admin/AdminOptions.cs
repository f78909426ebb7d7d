using System.Net;

namespace Serval.DataPlane.Admin;

/// <summary>Where the admin API listens and who may use it.</summary>
/// <param name="Endpoint">Address and port; port 0 takes a free one.</param>
/// <param name="Token">Bearer token that every request must carry; null on loopback alone.</param>
public sealed record AdminOptions(IPEndPoint Endpoint, BearerToken? Token = null)
{
    /// <summary>Says why these options are refused; null when they are fine.</summary>
    public string? FindFault() => Token is null && !IPAddress.IsLoopback(Endpoint.Address)
        ? $"The admin API would listen on {Endpoint} for anyone: give a loopback address, "
            + "or --admin-token-file to serval router."
        : null;
}
