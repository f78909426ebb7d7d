using System.Globalization;
using System.Text.Json.Nodes;

namespace Serval.Kubernetes.Tests.Gateways;

/// <summary>The real program as a child process, and its admin API.</summary>
internal sealed class ServalProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http = new();
    private Uri _admin = new("http://127.0.0.1");

    private ServalProcess(ChildProcess process) => _process = process;

    /// <summary>
    /// The published program that SERVAL_PROGRAM names, as <c>make test</c> does; else what the build left
    /// beside the tests.
    /// </summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("SERVAL_PROGRAM")
        ?? Path.Combine(AppContext.BaseDirectory, "serval");

    public Uri Admin => _admin;

    public int Id => _process.Id;

    public string Output => _process.Output;

    /// <summary>Starts a role with its admin API on a free port.</summary>
    public static Task<ServalProcess> StartAsync(params string[] arguments) =>
        StartOnAsync(adminPort: 0, arguments);

    /// <summary>The same with its admin API on a port that a router before it had.</summary>
    public static async Task<ServalProcess> StartOnAsync(int adminPort, params string[] arguments)
    {
        string admin = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{adminPort}");
        ServalProcess serval = new(new ChildProcess(Program, [.. arguments, "--admin", admin]));
        string line = await serval._process.WaitForLineAsync("admin API on ");
        string address = line[(line.IndexOf("admin API on ", StringComparison.Ordinal) + 13)..].Trim();
        serval._admin = new Uri(address.Split(' ')[0]);
        return serval;
    }

    public static Task<ServalProcess> StartRouterAsync(string stateDirectory, params string[] arguments) =>
        StartAsync(["router", "--state-dir", stateDirectory, "--workers", "1", .. arguments]);

    public static Task<ServalProcess> StartGatewayAsync(string kubeconfig, params string[] arguments) =>
        StartAsync(["gateway", "--kubeconfig", kubeconfig, "--lease-duration", "3s", .. arguments]);

    public async Task<JsonNode?> GetAsync(string path)
    {
        string text = await _http.GetStringAsync(new Uri(_admin, path), Deadline.Token());
        return JsonNode.Parse(text);
    }

    /// <summary>How many routes are live.</summary>
    public async Task<int> RoutesAsync()
    {
        using HttpResponseMessage response =
            await _http.GetAsync(new Uri(_admin, "/config"), Deadline.Token());
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(await response.Content.ReadAsStringAsync())!["routes"]?.AsArray().Count ?? 0
            : 0;
    }

    public async Task<double> MetricAsync(string name)
    {
        string text = await _http.GetStringAsync(new Uri(_admin, "/metrics"), Deadline.Token());
        string line = text.Split('\n').Single(line => line.StartsWith($"{name} ", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    public Task<HttpResponseMessage> PostAsync(string path) =>
        _http.PostAsync(new Uri(_admin, path), null, Deadline.Token());

    /// <summary>The version that is live, or that routers should run; empty for none.</summary>
    public async Task<string> VersionAsync()
    {
        using HttpResponseMessage response =
            await _http.GetAsync(new Uri(_admin, "/readyz"), Deadline.Token());
        return response.Headers.TryGetValues("Serval-Version", out IEnumerable<string>? values)
            ? values.First()
            : "";
    }

    public void Kill() => _process.Signal(9);

    public void Freeze() => _process.Signal(19);

    public void Thaw() => _process.Signal(18);

    public async Task<int> TerminateAsync()
    {
        _process.Signal(15);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }
}
