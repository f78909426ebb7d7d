using System.Diagnostics;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>What any VPP must do with us, seen through gRPC only, every method of it: run against the
/// simulator, and against a real VPP where VPP_RUNTIME_DIR names the folder of its sockets.
/// VPP_RESTART_COMMAND, where it is set, restarts that VPP.</summary>
public sealed class ConformanceTests
{
    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task The_simulated_vpp_conforms(VppTransportKind transport)
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        using var segment = new SimulatedStats(vpp.Folder);
        segment.Write(["local0"], [[(1, 60)]], [0], []);
        await RunAsync(vpp.Folder, transport, () =>
        {
            vpp.Restart();
            return Task.CompletedTask;
        });
    }

    [RealVppTheory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public Task A_real_vpp_conforms(VppTransportKind transport) => RunAsync(
        Environment.GetEnvironmentVariable(RealVppTheoryAttribute.Variable)!, transport, RestartCommand());

    private static async Task RunAsync(string folder, VppTransportKind transport, Func<Task>? restart)
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("state");
        VppGatewayHost host = await StartAsync(folder, transport, state.FullName);
        using (ConformanceClient client = Connect(host))
        {
            await client.AclsAsync();
            await client.UnenforcedAsync();
            await client.SessionsAsync(isApi: transport == VppTransportKind.Api);
            await client.TunnelsAsync();
            await client.NatAsync();
            await client.StatsAsync();
            await client.EventsAsync();
            Assert.True(host.Reconciler.Status.IsReady, string.Join('\n', host.Reconciler.Status.Drift));
            await client.FillAsync();
        }

        // The bridge comes back, then VPP does.
        await host.DisposeAsync();
        host = await StartAsync(folder, transport, state.FullName);
        using (ConformanceClient client = Connect(host))
        {
            await client.RequireFilledAsync();
            if (restart is not null)
            {
                uint pid = host.Reconciler.RequireTransport().Identity.Pid;
                await restart();
                await Eventually.BecomesAsync(() =>
                    host.Reconciler.Status is { IsConverged: true, Transport: { } now }
                        && now.Identity.Pid != pid);
                await client.RequireFilledAsync();
            }

            await client.EmptyAsync();
            Assert.True(host.Reconciler.Status.IsReady, string.Join('\n', host.Reconciler.Status.Drift));
        }

        await host.DisposeAsync();
        state.Delete(recursive: true);
    }

    private static async Task<VppGatewayHost> StartAsync(
        string folder, VppTransportKind transport, string state)
    {
        VppGatewayHost host = await VppGatewayHost.StartAsync(
            new VppGatewayOptions
            {
                Listen = "127.0.0.1:0",
                Admin = "127.0.0.1:0",
                VppRuntimeDirectory = folder,
                Transport = transport,
                StateDirectory = state,
                AllowKeysOverCli = true,
            },
            logging => logging.SetMinimumLevel(LogLevel.None), CancellationToken.None);
        await Eventually.BecomesAsync(() => host.Reconciler.Status.IsConverged);
        return host;
    }

    private static ConformanceClient Connect(VppGatewayHost host) =>
        new(GrpcChannel.ForAddress(new Uri(host.Addresses[0])));

    // How to restart a real VPP is for its owner to say; without it that part is left out.
    private static Func<Task>? RestartCommand()
    {
        string? command = Environment.GetEnvironmentVariable("VPP_RESTART_COMMAND");
        return string.IsNullOrEmpty(command) ? null : async () =>
        {
            using Process shell = Process.Start("/bin/sh", ["-c", command]);
            await shell.WaitForExitAsync();
            Assert.Equal(0, shell.ExitCode);
        };
    }
}
