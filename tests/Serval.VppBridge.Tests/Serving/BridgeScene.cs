using Google.Protobuf;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Interop;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Serving;

/// <summary>A bridge with the options of a test before a simulated VPP, with all that it logs.</summary>
internal sealed class BridgeScene : IAsyncDisposable
{
    private GrpcChannel? _channel;

    private BridgeScene(string folder, SimulatedVpp vpp)
    {
        Folder = folder;
        Vpp = vpp;
    }

    /// <summary>A folder of this scene alone.</summary>
    public string Folder { get; }

    public SimulatedVpp Vpp { get; }

    public RecordedLog Log { get; } = new();

    public VppGatewayHost Host { get; private set; } = null!;

    /// <summary>ADDRESS:PORT of the gRPC listener.</summary>
    public string Server => new Uri(Host.Addresses[0]).Authority;

    public static async Task<BridgeScene> StartAsync(
        Func<VppGatewayOptions, string, VppGatewayOptions>? change = null)
    {
        string folder = Directory.CreateTempSubdirectory("bridge").FullName;
        var scene = new BridgeScene(folder, SimulatedVpp.Start());
        var options = new VppGatewayOptions
        {
            Listen = "127.0.0.1:0",
            Admin = "127.0.0.1:0",
            VppRuntimeDirectory = scene.Vpp.Folder,
            Transport = VppTransportKind.Api,
            StateDirectory = Path.Combine(folder, "state"),
        };
        scene.Host = await VppGatewayHost.StartAsync(
            change?.Invoke(options, folder) ?? options,
            logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(scene.Log),
            CancellationToken.None);
        await Eventually.BecomesAsync(() => scene.Host.Reconciler.Status.IsConverged);
        return scene;
    }

    public Task<TResponse> CallAsync<TResponse>(
        string method, IMessage request, MessageParser<TResponse> parser)
        where TResponse : class, IMessage<TResponse>
    {
        _channel ??= GrpcChannel.ForAddress(new Uri(Host.Addresses[0]));
        return _channel.UnaryAsync(
            "/serval.vpp.v1.VppGateway/" + method, request, parser);
    }

    public Task<CreateTunnelResponse> CreateTunnelAsync(
        string keyFile = "", bool dryRun = false, string name = "site-b")
    {
        Tunnel tunnel = TunnelTests.Wanted();
        tunnel.Name = name;
        var request = new CreateTunnelRequest { Tunnel = tunnel, PrivateKeyFile = keyFile, DryRun = dryRun };
        return CallAsync("CreateTunnel", request, CreateTunnelResponse.Parser);
    }

    public async Task<Change> SetNatAsync(string[] inside, string[] outside)
    {
        var nat = new SourceNat { Addresses = { "192.0.2.10" } };
        nat.InsideInterfaces.AddRange(inside);
        nat.OutsideInterfaces.AddRange(outside);
        return (await CallAsync(
            "SetSourceNat", new SetSourceNatRequest { SourceNat = nat }, SetSourceNatResponse.Parser)).Change;
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        await Host.DisposeAsync();
        await Vpp.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
