using System.Net;
using System.Text;

namespace Serval.Delivery.Tests.Harness;

/// <summary>A router of the published program that was given a configuration by its admin API.</summary>
internal sealed class RouterScene : IDisposable
{
    private readonly RunningRole _router;
    private readonly string _folder;

    private RouterScene(RunningRole router, HttpClient admin, int port, string folder)
    {
        (_router, Admin, Port, _folder) = (router, admin, port, folder);
    }

    public HttpClient Admin { get; }

    /// <summary>The port of its only listener; its only route leads to the upstream.</summary>
    public int Port { get; }

    /// <summary>
    /// Runs both roles of <c>PROGRAM…</c>: <c>run</c> makes a configuration of Gateway API files and serves
    /// it, then <c>router</c> is given what that one had.
    /// </summary>
    public static async Task<RouterScene> StartAsync(string upstream, params string[] program)
    {
        string folder = Directory.CreateTempSubdirectory("serval-scene-").FullName;
        int port = Ports.Free();
        await File.WriteAllTextAsync(Path.Combine(folder, "objects.yaml"), Objects(port, upstream));
        string snapshot = await RunAsync(program, folder);
        RunningRole router = RunningRole.Start(program[0],
        [
            .. program[1..], "router", "--admin-port=0", "--workers=2", "--drain-timeout=5s",
            "--state-dir", folder, "--endpoint-metrics=on",
        ]);
        try
        {
            HttpClient admin = await AdminOfAsync(router);
            using StringContent content = new(snapshot, Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await admin.PutAsync(
                new Uri("/config", UriKind.Relative), content);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return new RouterScene(router, admin, port, folder);
        }
        catch
        {
            router.Dispose();
            throw;
        }
    }

    /// <summary>Drains it; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        _router.Terminate();
        return await _router.WaitForExitAsync();
    }

    public void Dispose()
    {
        Admin.Dispose();
        _router.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string> RunAsync(string[] program, string folder)
    {
        using RunningRole role = RunningRole.Start(
            program[0], [.. program[1..], "run", folder, "--admin", "127.0.0.1:0", "--workers", "1"]);
        using HttpClient admin = await AdminOfAsync(role);
        _ = await role.FindAsync("Snapshot (.*) is live");
        string snapshot = await admin.GetStringAsync(new Uri("/config", UriKind.Relative));
        role.Terminate();
        Assert.Equal(0, await role.WaitForExitAsync());
        return snapshot;
    }

    private static async Task<HttpClient> AdminOfAsync(RunningRole role) =>
        new() { BaseAddress = new Uri(await role.FindAsync(@"admin API on (\S+)")) };

    private static string Objects(int port, string upstream)
    {
        IPEndPoint endpoint = IPEndPoint.Parse(upstream);
        return $$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: serval}
            spec: {controllerName: serval.dev/gateway-controller}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: test}
            spec:
              gatewayClassName: serval
              listeners: [{name: http, port: {{port}}, protocol: HTTP}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: all, namespace: test}
            spec:
              parentRefs: [{name: edge}]
              rules: [{backendRefs: [{name: echo, port: 80}]}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: echo, namespace: test}
            spec: {ports: [{name: http, port: 80}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata:
              name: echo-1
              namespace: test
              labels: {kubernetes.io/service-name: echo}
            addressType: IPv4
            ports: [{name: http, port: {{endpoint.Port}}, protocol: TCP}]
            endpoints: [{addresses: ["{{endpoint.Address}}"], conditions: {ready: true} }]
            """;
    }
}
