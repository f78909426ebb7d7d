using System.Threading.Channels;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Transports;

/// <summary>A connection to VPP. It lives until the first doubt: after a timeout or an error of framing it is
/// closed and every call ends with <see cref="VppFault.Away"/>. Thread: any; calls wait for each
/// other.</summary>
internal interface IVppTransport : IAsyncDisposable
{
    /// <summary>"api" or "cli".</summary>
    string Name { get; }

    VppIdentity Identity { get; }

    /// <summary>Completes when the connection is lost.</summary>
    Task Closed { get; }

    /// <summary>What VPP says on its own; silent where the transport has no events.</summary>
    ChannelReader<VppEvent> Events { get; }

    /// <summary>Sessions that reflecting rules opened outlive a change of ACLs. VPP re-reads them when
    /// reclassify-sessions is on, which only the CLI can set.</summary>
    bool SessionsSurvive { get; }

    /// <summary>VPP counts matches per rule. Where it does not, its counters stand at 0.</summary>
    bool HasRuleCounters { get; }

    /// <summary>Whether VPP has run its start-up configuration.</summary>
    Task<bool> HasStartedAsync(CancellationToken cancel);

    /// <summary>Finds out, once for each connection, whether tunnels can be managed on this VPP, and says why
    /// when they cannot; null when they can. <see cref="FindDanger"/> says the same from then on. May make
    /// and delete a tunnel that carries nothing.</summary>
    Task<string?> CheckTunnelsAsync(CancellationToken cancel);

    /// <summary>Why this transport cannot make the change safely; null when it can.</summary>
    string? FindDanger(VppChange change);

    /// <summary>Reads all that plans are made of.</summary>
    /// <param name="routes">The routes that are looked for; others are not read.</param>
    /// <param name="withAllAddresses">Also read the addresses of interfaces that are no tunnels, which plans
    /// do not need and which VPP tells one interface at a time.</param>
    /// <param name="cancel">Gives up, and the connection with it.</param>
    Task<VppState> ObserveAsync(
        IReadOnlyCollection<PlacedRoute> routes, bool withAllAddresses, CancellationToken cancel);

    /// <summary>Makes one change and returns once it is sure.</summary>
    /// <exception cref="VppException">It was not made, or was undone.</exception>
    Task ApplyAsync(VppChange change, VppIndexes indexes, CancellationToken cancel);

    /// <summary>Counters by way of this transport; null when it has none.</summary>
    Task<IReadOnlyList<InterfaceCounters>?> ReadCountersAsync(CancellationToken cancel);
}
