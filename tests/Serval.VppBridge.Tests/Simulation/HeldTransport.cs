using System.Threading.Channels;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Simulation;

/// <summary>A connection to a VPP without anything in it, whose next look can be held.</summary>
internal sealed class HeldTransport : IVppTransport
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<VppEvent> _events = Channel.CreateBounded<VppEvent>(1);
    private volatile TaskCompletionSource<VppState>? _held;

    public string Name => "held";

    public VppIdentity Identity { get; } = new("v26.06", 1);

    public Task Closed => _closed.Task;

    public ChannelReader<VppEvent> Events => _events.Reader;

    public bool SessionsSurvive => false;

    public bool HasRuleCounters => false;

    /// <summary>Completes when a look is held.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Holds the looks from now on; they end with what becomes of the result.</summary>
    public TaskCompletionSource<VppState> Hold() =>
        _held = new TaskCompletionSource<VppState>(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the connection, as VPP does when it stops.</summary>
    public void Lose() => _closed.TrySetResult();

    public Task<bool> HasStartedAsync(CancellationToken cancel) => Task.FromResult(true);

    public Task<string?> CheckTunnelsAsync(CancellationToken cancel) => Task.FromResult<string?>(null);

    public string? FindDanger(VppChange change) => null;

    public Task<VppState> ObserveAsync(
        IReadOnlyCollection<PlacedRoute> routes, bool withAllAddresses, CancellationToken cancel)
    {
        if (_held is not { } held)
            return Task.FromResult(VppState.Empty);
        _asked.TrySetResult();
        return held.Task;
    }

    public Task ApplyAsync(VppChange change, VppIndexes indexes, CancellationToken cancel) =>
        Task.CompletedTask;

    public Task<IReadOnlyList<InterfaceCounters>?> ReadCountersAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<InterfaceCounters>?>(null);

    public ValueTask DisposeAsync()
    {
        Lose();
        return ValueTask.CompletedTask;
    }
}
