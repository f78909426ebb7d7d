using System.Net;
using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Gateways;

/// <summary>
/// A cluster with one Gateway, one Service and its upstream, and the programs that a test starts.
/// </summary>
internal sealed class Scene : IAsyncDisposable
{
    /// <summary>The HTTPRoutes of its namespace, at the API server.</summary>
    public const string RoutesPath = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes";

    private const string Gateways = "/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways";
    private readonly HttpClient _http = new();
    private readonly List<IAsyncDisposable> _started = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serval-scene-");

    private Scene(ApiServer server, Upstream upstream) => (Server, Upstream) = (server, upstream);

    public ApiServer Server { get; }

    public Upstream Upstream { get; }

    public int Port { get; } = Ports.Free();

    public static async Task<Scene> StartAsync(bool checksRoles = false)
    {
        Scene scene = new(await ApiServer.StartAsync(checksRoles), await Upstream.StartAsync("shop"));
        await scene.Server.ApplyAsync(Objects.Class("serval"));
        await scene.Server.ApplyAsync(Objects.Gateway("edge", "default", "serval", scene.Port));
        await scene.Server.ApplyAsync(Objects.Service("shop", "default"));
        await scene.Server.ApplyAsync(
            Objects.Slice("shop-1", "default", "shop", Upstream.Address, scene.Upstream.Port));
        return scene;
    }

    /// <summary>A folder of this scene alone.</summary>
    public string Folder => _folder.FullName;

    public async Task<ServalProcess> StartRouterAsync(string name = "router", params string[] arguments)
    {
        ServalProcess router = await ServalProcess.StartRouterAsync(
            Path.Combine(_folder.FullName, name), arguments);
        _started.Add(router);
        return router;
    }

    public async Task<ServalProcess> StartGatewayAsync(IEnumerable<Uri> routers, params string[] arguments) =>
        await StartGatewayAsync(Server.Kubeconfig(), routers, arguments);

    public async Task<ServalProcess> StartGatewayAsync(
        string kubeconfig, IEnumerable<Uri> routers, params string[] arguments)
    {
        ServalProcess gateway = await ServalProcess.StartGatewayAsync(
            kubeconfig, [.. arguments,
                .. routers.SelectMany(url => new[] { "--data-plane-url", url.ToString() })]);
        _started.Add(gateway);
        return gateway;
    }

    public async Task<ServalProcess> StartRunAsync(params string[] arguments)
    {
        ServalProcess run = await ServalProcess.StartAsync(
            ["run", "--kubernetes", "--kubeconfig", Server.Kubeconfig(), "--lease-duration", "3s",
                "--workers", "1",
            .. arguments]);
        _started.Add(run);
        return run;
    }

    public Task AddRouteAsync(string name, string? hostname = null) => Server.ApplyAsync(
        Objects.Route(name, "default", hostname ?? $"{name}.example.com", "shop"));

    public Task DeleteRouteAsync(string name) => Server.DeleteAsync($"{RoutesPath}/{name}");

    /// <summary>Asks the data plane for a host; the answer's status.</summary>
    public async Task<HttpStatusCode> AskAsync(
        string host, string path = "/", string address = "127.0.0.1")
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://{address}:{Port}{path}");
        request.Headers.Host = host;
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, Deadline.Token());
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0; // nothing listens yet
        }
    }

    public Task AnswersAsync(string host, HttpStatusCode wanted = HttpStatusCode.OK) =>
        Deadline.UntilAsync(() => AskAsync(host), status => status == wanted);

    public async Task<JsonNode> RouteAsync(string name) => await Server.GetAsync($"{RoutesPath}/{name}");

    public async Task<JsonNode> GatewayAsync(string name = "edge") =>
        await Server.GetAsync($"{Gateways}/{name}");

    /// <summary>Waits for a condition of a Gateway; its reason.</summary>
    public async Task<string> GatewayHasAsync(string type, string status, string name = "edge")
    {
        JsonNode gateway = await Deadline.UntilAsync(
            () => GatewayAsync(name), found =>
                Condition(found["status"], type)?["status"]?.GetValue<string>() == status);
        return Condition(gateway["status"], type)!["reason"]!.GetValue<string>();
    }

    /// <summary>Waits until the listener counts that many routes.</summary>
    public Task AttachedAsync(int count) => Deadline.UntilAsync(
        async () => (await GatewayAsync())["status"]?["listeners"]?[0]?["attachedRoutes"]?.GetValue<int>(),
        found => found == count);

    /// <summary>Waits until our entry of a route has a condition.</summary>
    public async Task<JsonNode> RouteHasAsync(string name, string type, string status)
    {
        JsonNode route = await Deadline.UntilAsync(() => RouteAsync(name), found =>
            Ours(found) is { } parent && Condition(parent, type)?["status"]?.GetValue<string>() == status);
        return Condition(Ours(route), type)!;
    }

    public static JsonNode? Ours(JsonNode route) =>
        (route["status"]?["parents"] as JsonArray)?.FirstOrDefault(
        parent => parent!["controllerName"]!.GetValue<string>() == "serval.dev/gateway-controller");

    public static JsonNode? Condition(JsonNode? owner, string type) =>
        (owner?["conditions"] as JsonArray)?.FirstOrDefault(
            condition => condition!["type"]!.GetValue<string>() == type);

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable started in Enumerable.Reverse(_started))
            await started.DisposeAsync();
        _http.Dispose();
        await Upstream.DisposeAsync();
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
