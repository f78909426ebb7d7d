using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Wire;

/// <summary>
/// One router and one recording upstream for the whole table. Rules mark what they matched.
/// </summary>
public sealed class WireScene : IAsyncLifetime
{
    private RecordingUpstream? _upstream;
    private RunningRouter? _router;

    internal RecordingUpstream Upstream => _upstream!;

    internal RunningRouter Router => _router!;

    internal int PortOf(string listener) => listener switch
    {
        "default" => Router.Port,
        _ => throw new ArgumentException($"There is no listener {listener}.", nameof(listener)),
    };

    public async Task InitializeAsync()
    {
        _upstream = new RecordingUpstream();
        string marked = string.Concat(
            Marked("/admin", "admin"), Marked("/caf%C3%A9", "coffee"), Objects.Rule("/", "up"),
            Objects.Rule("/filtered", "up", """
                    filters:
                    - type: RequestHeaderModifier
                      requestHeaderModifier:
                        set: [{name: X-User, value: router}]
                        add: [{name: X-Role, value: guest}]
                        remove: [X-Secret]
                    - type: ResponseHeaderModifier
                      responseHeaderModifier:
                        set: [{name: X-Sum, value: "0"}]
                        remove: [Server]
                """));
        _router = await RunningRouter.StartAsync(
            Objects.Route("all", marked) + Objects.Service("up", ("127.0.0.1", _upstream.Port)));
    }

    public async Task DisposeAsync()
    {
        await Router.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    private static string Marked(string prefix, string name) => Objects.Rule(prefix, "up", $$"""
            filters:
            - type: RequestHeaderModifier
              requestHeaderModifier: {set: [{name: X-Rule, value: {{name}}}]}
        """);
}
