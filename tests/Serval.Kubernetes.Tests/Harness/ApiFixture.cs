namespace Serval.Kubernetes.Tests.Harness;

/// <summary>One API server for the tests that do not stop it.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private ApiServer? _server;

    internal ApiServer Server => _server!;

    public async Task InitializeAsync()
    {
        if (KubernetesAssets.Missing is null)
            _server = await ApiServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
