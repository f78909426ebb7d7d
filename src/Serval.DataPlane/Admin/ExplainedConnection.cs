using System.Text;
using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.DataPlane.Admin;

/// <summary>
/// What becomes of the connection of an explained request, before a request is read from it: whether the port
/// speaks what the client speaks, which listener the server name belongs to, and who ends TLS.
/// </summary>
internal sealed class ExplainedConnection
{
    private readonly CompiledSnapshot _compiled;
    private readonly ExplainRequest _request;
    private readonly Listener? _listener;
    private readonly ListenerHit _hit;

    /// <summary>Looks it up on this address.</summary>
    public ExplainedConnection(CompiledSnapshot compiled, ExplainRequest request, string address)
    {
        (_compiled, _request) = (compiled, request);
        int group = compiled.FindGroup(address, request.Port);
        bool isSecurePort = IsSecure(compiled.Source, address, request.Port);
        if (isSecurePort != request.IsSecure)
        {
            Answer = isSecurePort
                ? "none: this port speaks TLS; write the URL with https"
                : "none: this port speaks HTTP in clear text; write the URL with http";
            return;
        }

        if (!request.IsSecure) return;
        _hit = compiled.FindListener(group, Encoding.ASCII.GetBytes(request.ServerName));
        if (_hit.Index < 0)
        {
            Answer = "none: no listener has this server name, so the handshake fails (unrecognized_name)";
            return;
        }

        _listener = compiled.Source.Listeners[_hit.Index];
        if (_listener.Protocol == ListenerProtocol.Tls) Answer = ExplainRoute(_listener.Tls!);
    }

    /// <summary>What becomes of the connection when no request is read from it; null when one is.</summary>
    public string? Answer { get; }

    /// <summary>True when a TLS route has an endpoint for it.</summary>
    public bool IsServed { get; private set; }

    /// <summary>What there is to know about it.</summary>
    public IEnumerable<(string Name, string Value)> Lines()
    {
        if (_listener is null) yield break;
        string name = _request.ServerName.Length == 0 ? "none was sent" : _request.ServerName;
        yield return ("server name", $"{name}: the connection belongs to listener {_listener.Name}");
        if (_listener.Tls is not { Mode: TlsMode.Terminate } tls) yield break;
        yield return ("certificate", string.Join(", ", tls.Certificates));
        if (tls.ClientValidation is { } validation)
        {
            string demand = validation.Mode == ClientValidationMode.AllowValidOnly
                ? "must present a certificate of"
                : "may present a certificate of";
            yield return ("client", $"{demand} {string.Join(", ", validation.Authorities)}");
        }
    }

    /// <summary>
    /// Why a request for another listener is refused on this connection (RFC 9110 §15.5.20); null when it is
    /// not.
    /// </summary>
    public string? FindMisdirection(int listener) =>
        _listener is null || listener < 0 || listener == _hit.Index
            ? null
            : $"421: the connection belongs to listener {_listener.Name}, the host to another one";

    private string ExplainRoute(ListenerTls tls)
    {
        TlsRouteHit route = _compiled.FindTlsRoute(_hit, Encoding.ASCII.GetBytes(_request.ServerName));
        if (route.RuleId < 0) return "none: no TLSRoute is for this server name, so the connection is closed";
        string name = _compiled.Source.TlsRoutes[route.RouteIndex].Name;
        List<string> shares = [];
        foreach (CompiledBackend backend in _compiled.Backends(_compiled.Rule(route.RuleId).Backends))
        {
            string? cluster = backend.ClusterIndex < 0 ? null : _compiled.Cluster(backend.ClusterIndex)!.Name;
            IsServed |= cluster is not null && HasEndpoint(cluster);
            shares.Add(cluster ?? "a reference that does not resolve");
        }

        string what = tls.Mode == TlsMode.Passthrough ? "passed through unread" : "TLS ends here and goes on";
        return $"{what}, by TLSRoute {name} to {string.Join(", ", shares)}";
    }

    private bool HasEndpoint(string cluster)
    {
        foreach (EndpointSet set in _compiled.Source.EndpointSets)
        {
            if (set.Cluster == cluster) return !set.Endpoints.IsEmpty || !set.Fallback.IsEmpty;
        }

        return false;
    }

    private static bool IsSecure(Snapshot snapshot, string address, int port)
    {
        foreach (Listener listener in snapshot.Listeners)
        {
            bool isHere = listener.Port == port
                && (listener.Addresses.IsDefaultOrEmpty
                    ? address.Length == 0
                    : listener.Addresses.Contains(address));
            if (isHere) return listener.Protocol != ListenerProtocol.Http;
        }

        return false;
    }
}
