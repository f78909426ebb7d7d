using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Serval.Control;
using Serval.DataPlane;

namespace Serval.CommandLine.Roles;

/// <summary>The Kubernetes API as the source of configurations of the data plane of this process.</summary>
internal sealed class ClusterSource(GatewayOptions options, SerialPublisher publisher, ILoggerFactory loggers)
{
    private readonly TaskCompletionSource<GatewayController> _controller = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The source as a role takes it.</summary>
    public RoleSource ToRoleSource() => new() { FeedAsync = FeedAsync, Reload = ReloadAsync };

    private async Task FeedAsync(Action started, CancellationToken stop)
    {
        ProcessSink sink = new(publisher);
        await using GatewayController controller = new(
            options, sink, OwnAddresses(), loggers, TimeProvider.System);
        _controller.TrySetResult(controller);
        Task publishing = sink.RunAsync(stop);
        started();
        await controller.RunAsync(stop);
        await publishing;
    }

    private async Task<ApplyResult> ReloadAsync(CancellationToken stop)
    {
        GatewayController controller = await _controller.Task.WaitAsync(stop);
        await controller.ResyncAsync(stop);
        return new ApplyResult(true, controller.Snapshot?.Version, controller.Findings);
    }

    // Where clients reach a router of this process: every address of the machine that is not its own alone.
    private static ImmutableArray<string> OwnAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(link => link.OperationalStatus == OperationalStatus.Up)
            .SelectMany(link => link.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address)
            .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
            .Where(address => address.AddressFamily
                is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            .Select(address => address.ToString())
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];
}
