using System.Threading.Channels;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Transports;

/// <summary>A transport whose commands are measured.</summary>
internal sealed class MeasuredTransport(IVppTransport inner, CommandMeter meter) : IVppTransport
{
    public string Name => inner.Name;

    public VppIdentity Identity => inner.Identity;

    public Task Closed => inner.Closed;

    public ChannelReader<VppEvent> Events => inner.Events;

    public bool SessionsSurvive => inner.SessionsSurvive;

    public bool HasRuleCounters => inner.HasRuleCounters;

    public Task<bool> HasStartedAsync(CancellationToken cancel) =>
        meter.MeasureAsync("has_started", () => inner.HasStartedAsync(cancel));

    public Task<string?> CheckTunnelsAsync(CancellationToken cancel) => inner.CheckTunnelsAsync(cancel);

    public string? FindDanger(VppChange change) => inner.FindDanger(change);

    public Task<VppState> ObserveAsync(
        IReadOnlyCollection<PlacedRoute> routes, bool withAllAddresses, CancellationToken cancel) =>
        meter.MeasureAsync("observe", () => inner.ObserveAsync(routes, withAllAddresses, cancel));

    public Task ApplyAsync(VppChange change, VppIndexes indexes, CancellationToken cancel) =>
        meter.MeasureAsync(CommandOf(change), async () =>
        {
            await inner.ApplyAsync(change, indexes, cancel).ConfigureAwait(false);
            return true;
        });

    public Task<IReadOnlyList<InterfaceCounters>?> ReadCountersAsync(CancellationToken cancel) =>
        meter.MeasureAsync("read_counters", () => inner.ReadCountersAsync(cancel));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static string CommandOf(VppChange change) => change switch
    {
        VppChange.AddAcl => "add_acl",
        VppChange.ReplaceAcl => "replace_acl",
        VppChange.DeleteAcl => "delete_acl",
        VppChange.SetAclLists => "set_acl_lists",
        VppChange.CutSessions => "cut_sessions",
        VppChange.CreateTunnel => "create_tunnel",
        VppChange.DeleteTunnel => "delete_tunnel",
        VppChange.AddAddress => "add_address",
        VppChange.SetUp => "set_up",
        VppChange.AddPeer => "add_peer",
        VppChange.RemovePeer => "remove_peer",
        VppChange.AddRoute => "add_route",
        VppChange.RemoveRoute => "remove_route",
        VppChange.EnableNat => "enable_nat",
        VppChange.SetNatAddress => "set_nat_address",
        VppChange.SetNatInterface => "set_nat_interface",
        _ => "other",
    };
}
