using System.Diagnostics;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>What any VPP must do with us, seen through gRPC only, every method of it: run against the
/// simulator, and against a real VPP where VPP_RUNTIME_DIR names the folder of its sockets.
/// VPP_RESTART_COMMAND, where it is set, restarts that VPP, and VPP_ROAM_COMMAND lets a WireGuard peer call
/// it: see docs/vpp.md.</summary>
public sealed class ConformanceTests
{
    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task The_simulated_vpp_conforms(VppTransportKind transport)
    {
        // A start-up configuration with an ACL of its own, bound by its number.
        await using SimulatedVpp vpp = SimulatedVpp.Start(state =>
        {
            state.SetAcl(uint.MaxValue, "cli", [new Model.AclRule(
                Model.AclAction.Permit, Model.IpPrefix.Any4, Model.IpPrefix.Any4, 0, Model.PortRange.All,
                Model.PortRange.All, 0, 0)]);
            state.SetLists(2, [0], []);
        });
        using var segment = new SimulatedStats(vpp.Folder);
        segment.Write(["local0"], [[(1, 60)]], [0], []);
        await RunAsync(
            vpp.Folder, transport,
            restart: () =>
            {
                // Its sockets accept before the configuration has run.
                vpp.IsStartupHeld = true;
                vpp.Restart();
                vpp.RunStartup();
                return Task.CompletedTask;
            },
            roam: call =>
            {
                lock (vpp.Gate)
                    vpp.State.Roam(call.PeerKey.PublicKey, "198.51.100.9", 40001);
                return Task.CompletedTask;
            });
    }

    [RealVppTheory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public Task A_real_vpp_conforms(VppTransportKind transport) => RunAsync(
        Environment.GetEnvironmentVariable(RealVppTheoryAttribute.Variable)!, transport, RestartCommand(),
        RoamCommand());

    private static async Task RunAsync(
        string folder, VppTransportKind transport, Func<Task>? restart, Func<RoamingCall, Task>? roam)
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("state");
        VppGatewayHost host = await StartAsync(folder, transport, state.FullName);
        using (ConformanceClient client = Connect(host))
        {
            await client.AclsAsync();
            await client.UnenforcedAsync();
            await client.SessionsAsync(isApi: transport == VppTransportKind.Api);
            await client.TunnelsAsync();
            if (roam is not null)
                await client.RoamingAsync(roam, () => LivePeers(host));
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
                string foreign = await client.ForeignAclsAsync();
                await restart();
                await Eventually.BecomesAsync(() =>
                    host.Reconciler.Status is { IsConverged: true, Transport: { } now }
                        && now.Identity.Pid != pid);
                await client.RequireFilledAsync();

                // ACLs of the start-up configuration are bound as they were, with none of ours among them.
                Assert.Equal(foreign, await client.ForeignAclsAsync());
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

    // VPP as the bridge looked at it last: index, endpoint and state of each peer.
    private static Dictionary<string, Model.VppPeer> LivePeers(VppGatewayHost host) =>
        host.Reconciler.LastSeen.Peers.ToDictionary(p => p.Peer.PublicKey, StringComparer.Ordinal);

    // How to restart a real VPP is for its owner to say; without it that part is left out.
    private static Func<Task>? RestartCommand() =>
        FindCommand("VPP_RESTART_COMMAND") is { } command
            ? () => RunAsync(command, new Dictionary<string, string>())
            : null;

    // And so is how a WireGuard peer reaches it.
    private static Func<RoamingCall, Task>? RoamCommand() =>
        FindCommand("VPP_ROAM_COMMAND") is { } command
            ? call => RunAsync(command, call.ToEnvironment())
            : null;

    private static string? FindCommand(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } command ? command : null;

    private static async Task RunAsync(string command, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]);
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        using Process shell = Process.Start(start)!;
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
    }
}
