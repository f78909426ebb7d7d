using Microsoft.Extensions.Logging;
using Serval.Grpc.Calling;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>What any VPP must do with us, seen through gRPC only: run against the simulator, and against a
/// real VPP where VPP_RUNTIME_DIR names the folder of its sockets.</summary>
public sealed class ConformanceTests
{
    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task The_simulated_vpp_conforms(VppTransportKind transport)
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await RunAsync(vpp.Folder, transport);
    }

    [RealVppTheory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public Task A_real_vpp_conforms(VppTransportKind transport) =>
        RunAsync(Environment.GetEnvironmentVariable(RealVppTheoryAttribute.Variable)!, transport);

    private static async Task RunAsync(string folder, VppTransportKind transport)
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("state");
        await using VppGatewayHost host = await VppGatewayHost.StartAsync(
            new VppGatewayOptions
            {
                Listen = "127.0.0.1:0",
                Admin = "127.0.0.1:0",
                VppRuntimeDirectory = folder,
                Transport = transport,
                StateDirectory = state.FullName,
                AllowKeysOverCli = true,
            },
            logging => logging.SetMinimumLevel(LogLevel.None), CancellationToken.None);
        await Eventually.BecomesAsync(() => host.Reconciler.Status.IsConverged);
        using var client = new ConformanceClient(
            new GrpcChannel(new Uri(host.Addresses[0]), new GrpcChannelOptions()));
        await client.AclsAsync();
        await client.TunnelsAsync();
        Assert.True(host.Reconciler.Status.IsConverged);
        state.Delete(recursive: true);
    }
}
