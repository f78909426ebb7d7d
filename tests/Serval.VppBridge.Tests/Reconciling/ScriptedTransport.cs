using System.Threading.Channels;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Reconciling;

/// <summary>A connection to a VPP of which the test decides what it has, says and does.</summary>
internal sealed class ScriptedTransport : IVppTransport
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<VppEvent> _events = Channel.CreateUnbounded<VppEvent>();
    private volatile VppState _state = VppState.Empty;

    public string Name => "script";

    public VppIdentity Identity { get; init; } = new("v26.06", 7);

    public Task Closed => _closed.Task;

    public ChannelReader<VppEvent> Events => _events.Reader;

    public bool SessionsSurvive { get; init; }

    public bool HasRuleCounters => false;

    /// <summary>What the next look finds.</summary>
    public VppState State
    {
        get => _state;
        set => _state = value;
    }

    public bool HasStarted { get; set; } = true;

    /// <summary>What becomes of a change; null makes it, as VPP would.</summary>
    public Func<VppChange, Task>? OnApply { get; set; }

    /// <summary>What becomes of a look; null sees <see cref="State"/>.</summary>
    public Func<Task<VppState>>? OnObserve { get; set; }

    /// <summary>Why a change cannot be made safely.</summary>
    public Func<VppChange, string?> Danger { get; set; } = static _ => null;

    /// <summary>What it counts, for who asks; null for one that does not say.</summary>
    public IReadOnlyList<InterfaceCounters>? Counters { get; set; }

    /// <summary>Why it cannot say what it counts.</summary>
    public VppFault? CountersFault { get; init; }

    /// <summary>The changes that were made, in words.</summary>
    public List<string> Made { get; } = [];

    public void Say(VppEvent item) => Assert.True(_events.Writer.TryWrite(item));

    public void Lose() => _closed.TrySetResult();

    public Task<bool> HasStartedAsync(CancellationToken cancel) => Task.FromResult(HasStarted);

    public Task<string?> CheckTunnelsAsync(CancellationToken cancel) => Task.FromResult<string?>(null);

    public string? FindDanger(VppChange change) => Danger(change);

    public Task<VppState> ObserveAsync(
        IReadOnlyCollection<PlacedRoute> routes, bool withAllAddresses, CancellationToken cancel) =>
        OnObserve?.Invoke() ?? Task.FromResult(State);

    public Task ApplyAsync(VppChange change, VppIndexes indexes, CancellationToken cancel)
    {
        Made.Add(change.ToString());
        if (OnApply is not null)
            return OnApply(change);
        Make(change);
        return Task.CompletedTask;
    }

    /// <summary>Makes a change of ACLs.</summary>
    public void Make(VppChange change)
    {
        switch (change)
        {
            case VppChange.AddAcl add:
                State = State with
                {
                    Acls = [.. State.Acls, new VppAcl((uint)State.Acls.Count, add.Acl.Tag, add.Acl.Rules)],
                };
                break;
            case VppChange.DeleteAcl delete:
                State = State with { Acls = [.. State.Acls.Where(acl => acl.Index != delete.Index)] };
                break;
            default:
                Assert.Fail($"no script for: {change}");
                break;
        }
    }

    public Task<IReadOnlyList<InterfaceCounters>?> ReadCountersAsync(CancellationToken cancel) =>
        CountersFault is { } fault
            ? throw new VppException(fault, "unreadable")
            : Task.FromResult(Counters);

    public ValueTask DisposeAsync()
    {
        Lose();
        return ValueTask.CompletedTask;
    }
}
