namespace Serval.Integration.Tests.Harness;

/// <summary>
/// A router with one route, for every path, to one echo upstream. Shared by the tests of a class.
/// </summary>
public sealed class EchoScene : IAsyncLifetime
{
    private EchoUpstream? _upstream;
    private RunningRouter? _router;

    internal RunningRouter Router => _router!;

    internal EchoUpstream Upstream => _upstream!;

    internal int Port => Router.Port;

    public async Task InitializeAsync()
    {
        _upstream = await EchoUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(
            Objects.Route("all", Objects.Rule("/", "echo")) + Objects.Service(
            "echo", ("127.0.0.1", _upstream.Port)));
    }

    public async Task DisposeAsync()
    {
        await Router.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
