using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Wire;

/// <summary>
/// Routers with several policies and one recording upstream for the whole table. Rules mark what they
/// matched.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "xunit ends it by IAsyncLifetime.")]
public sealed class WireScene : IAsyncLifetime
{
    private RecordingUpstream? _upstream;
    private readonly Dictionary<string, RunningRouter> _routers = [];

    internal RecordingUpstream Upstream => _upstream!;

    internal int PortOf(string listener) => _routers[listener].Port;

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
                """),
            Objects.Rule("/as-other", "up", """
                    filters:
                    - type: RequestHeaderModifier
                      requestHeaderModifier:
                        set: [{name: host, value: "b.test:8080"}, {name: X-A, value: a}]
                """),
            """
              - matches: [{path: {value: /as-backend}}]
                backendRefs:
                - name: up
                  port: 80
                  filters:
                  - type: RequestHeaderModifier
                    requestHeaderModifier: {set: [{name: Host, value: c.test}]}

            """,
            Objects.Rule("/guarded", "up", """
                    filters: [{type: SomethingNew}]
                """));
        string objects = Objects.Route("all", marked) + Objects.Service("up", ("127.0.0.1", _upstream.Port));
        _routers.Add("default", await RunningRouter.StartAsync(objects));
        _routers.Add("strict", await RunningRouter.StartAsync(
            objects, "--path-policy", "strict", "--header-names", "refuse"));
        _routers.Add("raw", await RunningRouter.StartAsync(
            objects, "--path-policy", "raw", "--header-names", "forward", "--trace", "on"));
    }

    public async Task DisposeAsync()
    {
        foreach (RunningRouter router in _routers.Values)
            await router.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    private static string Marked(string prefix, string name) => Objects.Rule(prefix, "up", $$"""
            filters:
            - type: RequestHeaderModifier
              requestHeaderModifier: {set: [{name: X-Rule, value: {{name}}}]}
        """);
}
