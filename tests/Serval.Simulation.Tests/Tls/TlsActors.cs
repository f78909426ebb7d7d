using Serval.Config.Model;
using Serval.DataPlane.Tests.Tls;
using Serval.DataPlane.Tls;

namespace Serval.Simulation.Tests.Tls;

/// <summary>
/// The certificates of a simulation and its ends of TLS: the router shows one of two certificates for the
/// same name, endpoints show another.
/// </summary>
internal sealed class TlsActors : IDisposable
{
    public const string RouterName = "a.example";
    public const string EndpointName = "origin.example";
    public const string AuthorityName = "test";
    private readonly TestAuthority _authority = new(AuthorityName);
    private readonly List<TlsEnd> _ends = [];
    private readonly EndSecurity[] _clients;
    private readonly EndSecurity[] _servers;

    public TlsActors()
    {
        Shown = [_authority.Issue("web", [RouterName]), _authority.Issue("web", [RouterName])];
        IssuedPair origin = _authority.Issue("origin", [EndpointName]);
        _clients = [EndSecurity.ForClients(_authority, false), EndSecurity.ForClients(_authority, true)];
        _servers = [EndSecurity.ForServers(origin, false), EndSecurity.ForServers(origin, true)];
    }

    /// <summary>Two certificates of one name, of which the second is a renewal of the first.</summary>
    public IssuedPair[] Shown { get; }

    /// <summary>Who has issued all of them.</summary>
    public Authority Authority => _authority.Model;

    /// <summary>How endpoints are spoken to.</summary>
    public static ClusterTls Policy =>
        new() { Hostname = EndpointName, Authorities = [AuthorityName] };

    /// <summary>Lets a router hold the keys of what it shows.</summary>
    public void Put(CertificateStore store)
    {
        foreach (IssuedPair pair in Shown) Assert.Null(store.Put(pair.Keys()));
    }

    /// <summary>A client of the router.</summary>
    public TlsEnd Client(bool isTls12) => Add(new TlsEnd(_clients[isTls12 ? 1 : 0], RouterName));

    /// <summary>The router's peer at an endpoint.</summary>
    public TlsEnd Server(bool isTls12) => Add(new TlsEnd(_servers[isTls12 ? 1 : 0], null));

    /// <summary>Makes plain listeners and clusters of a snapshot speak TLS.</summary>
    public Snapshot Secure(Snapshot snapshot, int shown, bool clients = true, bool endpoints = true) =>
        snapshot with
        {
            Certificates = clients ? [Shown[shown].Model] : [],
            Authorities = endpoints ? [Authority] : [],
            Listeners = !clients ? snapshot.Listeners : [.. snapshot.Listeners.Select(one => one with
            {
                Protocol = ListenerProtocol.Https,
                Tls = new ListenerTls { Certificates = [Shown[shown].Model.Name] },
            })],
            Clusters = !endpoints ? snapshot.Clusters
                : [.. snapshot.Clusters.Select(one => one with { Tls = Policy })],
        };

    public void Dispose()
    {
        foreach (TlsEnd end in _ends) end.Dispose();
        foreach (EndSecurity context in (EndSecurity[])[.. _clients, .. _servers]) context.Dispose();
        _authority.Dispose();
    }

    private TlsEnd Add(TlsEnd end)
    {
        _ends.Add(end);
        return end;
    }
}
