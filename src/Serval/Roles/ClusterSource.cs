using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Serval.Control;
using Serval.DataPlane;

namespace Serval.CommandLine.Roles;

/// <summary>The Kubernetes API as the source of configurations of the data plane of this process.</summary>
internal static class ClusterSource
{
    /// <summary>Reads where the API server is, and asks it nothing yet.</summary>
    /// <exception cref="Exception">That cannot be read.</exception>
    public static RoleSource Create(
        GatewayOptions options, SerialPublisher publisher, ILoggerFactory loggers)
    {
        ProcessSink sink = new(publisher);
        GatewayController controller = new(options, sink, OwnAddresses(), loggers, TimeProvider.System);
        return new RoleSource
        {
            FeedAsync = (started, stop) => FeedAsync(controller, sink, started, stop),
            Reload = stop => ReloadAsync(controller, stop),
        };
    }

    private static async Task FeedAsync(
        GatewayController controller, ProcessSink sink, Action started, CancellationToken stop)
    {
        await using (controller.ConfigureAwait(false))
        {
            Task publishing = sink.RunAsync(stop);
            started();
            await controller.RunAsync(stop);
            await publishing;
        }
    }

    private static async Task<ApplyResult> ReloadAsync(GatewayController controller, CancellationToken stop)
    {
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
