using Microsoft.AspNetCore.Http;
using Serval.Common.Access;

namespace Serval.DataPlane.Admin;

/// <summary>
/// Who may use the admin API. Where credentials are asked for: who presents a bearer token or a client
/// certificate; the probes of a kubelet and the files of the status page need none. Without credentials the
/// API listens on loopback, where the danger is a web page in a local browser: its requests name a foreign
/// host (DNS rebinding) or carry an Origin.
/// </summary>
internal static class AdminGate
{
    /// <summary>The reason to refuse this request; null lets it in.</summary>
    public static AdminRefusal? FindRefusal(HttpContext http, AdminOptions options)
    {
        HttpRequest request = http.Request;
        if (options.AsksForCredentials)
            return IsOpen(request, options) ? null : FindMissingCredentials(http, options);
        if (!LocalHosts.Allow(request.Host.Host))
            return new AdminRefusal(403, LocalHosts.Refusal);
        if (request.Headers.Origin.Count > 0 && !HttpMethods.IsGet(request.Method))
            return new AdminRefusal(403, "Requests of web pages (with an Origin header) may only read.");
        return null;
    }

    private static AdminRefusal? FindMissingCredentials(HttpContext http, AdminOptions options)
    {
        if (options.Token is { } token && token.Current.Accepts(http.Request.Headers.Authorization))
            return null;
        if (options.Tls?.Clients is { } clients && http.Connection.ClientCertificate is { } certificate)
        {
            return clients.Allows(certificate)
                ? null
                : new AdminRefusal(403, "No name of this certificate is let in (--admin-allow-client).");
        }

        return new AdminRefusal(401, options switch
        {
            { Token: null } => "A client certificate is needed.",
            { Tls.Clients: null } => "A bearer token is needed: Authorization: Bearer ...",
            _ => "A client certificate or a bearer token is needed: Authorization: Bearer ...",
        });
    }

    private static bool IsOpen(HttpRequest request, AdminOptions options) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Path.Value switch
        {
            "/healthz" or "/readyz" => true,
            "/metrics" => options.IsMetricsOpen,
            { } path => StatusPage.Has(path),
            _ => false,
        };
}
