using System.Net;
using Microsoft.AspNetCore.Http;

namespace Serval.DataPlane.Admin;

/// <summary>
/// Who may use the admin API. With a token: who presents it. Without one it listens on loopback, where the
/// danger is a web page in a local browser: its requests name a foreign host (DNS rebinding) or carry an
/// Origin.
/// </summary>
internal static class AdminGate
{
    /// <summary>The reason to refuse this request; null lets it in.</summary>
    public static AdminRefusal? FindRefusal(HttpRequest request, BearerToken? token)
    {
        if (token is not null)
        {
            return token.Accepts(request.Headers.Authorization)
                ? null
                : new AdminRefusal(401, "A bearer token is needed: Authorization: Bearer ...");
        }
        if (!IsLocalName(request.Host.Host))
            return new AdminRefusal(403, "The Host header must be localhost or an IP address.");
        if (request.Headers.Origin.Count > 0 && !HttpMethods.IsGet(request.Method))
            return new AdminRefusal(403, "Requests of web pages (with an Origin header) may only read.");
        return null;
    }

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(
            host.Trim('[', ']'), out _);
}
