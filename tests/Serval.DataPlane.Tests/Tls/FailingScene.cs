using Serval.Config.Model;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>
/// A router for handshakes that fail: one listener for a.example, whose certificates and rules a row sets, in
/// front of an origin in clear text or one that speaks TLS.
/// </summary>
internal sealed class FailingScene : IAsyncDisposable
{
    public const string Name = "a.example";
    private readonly List<IDisposable> _owned = [];
    private Listener _listener;
    private ClusterTls? _policy;
    private IssuedPair _shown;
    private int _originPort;

    public FailingScene()
    {
        _shown = Scene.Authority.Issue("web", [Name]);
        _listener = Scene.Listener("web", Name, _shown);
        _originPort = Scene.Origin.Port;
        Other = Own(new TestAuthority("other"));
    }

    public TlsScene Scene { get; } = TlsScene.Start();

    /// <summary>An authority that nobody trusts.</summary>
    public TestAuthority Other { get; }

    public TestAuthority Authority => Scene.Authority;

    /// <summary>Shows a certificate of another kind.</summary>
    public FailingScene Showing(IssuedPair pair)
    {
        _shown = pair;
        return this;
    }

    /// <summary>Asks clients for certificates.</summary>
    public FailingScene AskingClients() => With(tls => tls with
    {
        ClientValidation = new ClientValidation { Authorities = ["test"] },
    });

    /// <summary>Changes the listener's TLS.</summary>
    public FailingScene With(Func<ListenerTls, ListenerTls> change)
    {
        _listener = _listener with { Tls = change(_listener.Tls!) };
        return this;
    }

    /// <summary>Lets the first bytes decide what is spoken.</summary>
    public FailingScene Detecting()
    {
        _listener = _listener with { Detection = true };
        return this;
    }

    /// <summary>Asks an endpoint over TLS.</summary>
    public FailingScene Trusting(ClusterTls policy, int port)
    {
        (_policy, _originPort) = (policy, port);
        return this;
    }

    /// <summary>Keeps something until the end.</summary>
    public T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <summary>Makes all of it live; the key may not come.</summary>
    public TlsScene Live(bool hasKey = true)
    {
        Snapshot snapshot = Scene.Of([_listener], [_shown]) with
        {
            Authorities = [Other.Model, Scene.Authority.Model],
            Clusters = [new Cluster { Name = "origin", Tls = _policy }],
            EndpointSets = [new EndpointSet("origin", [new Endpoint("127.0.0.1", _originPort)])],
        };
        if (hasKey) Scene.Apply(snapshot, _shown);
        else Assert.True(Scene.Router.Apply(snapshot).IsAccepted);
        return Scene;
    }

    /// <summary>A client of it.</summary>
    public TlsEnd Client(string name = Name, Func<EndSecurity, EndSecurity>? change = null) =>
        Own(new TlsEnd(Context(Scene.Authority, change), name));

    /// <summary>A client of it that trusts somebody else.</summary>
    public TlsEnd Distrustful() => Own(new TlsEnd(Context(Other, null), Name));

    public async ValueTask DisposeAsync()
    {
        _owned.Reverse();
        _owned.ForEach(one => one.Dispose());
        await Scene.DisposeAsync();
    }

    private EndSecurity Context(TestAuthority trusted, Func<EndSecurity, EndSecurity>? change)
    {
        EndSecurity context = Own(EndSecurity.ForClients(trusted));
        return change?.Invoke(context) ?? context;
    }
}
