using Grpc.Core;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Faults;

/// <summary>One change made again and again before a VPP that fails at another step each time.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private readonly StepFault _fault;
    private readonly FaultScenario _scenario;
    private readonly Gateway _gateway;
    private readonly PolicyOracle _oracle;
    private readonly List<(string Name, bool IsChange)> _steps = [];
    private int _failAt = -1;
    private string _before = "";
    private string _after = "";

    private FaultRun(StepFault fault, FaultScenario scenario, Gateway gateway, PolicyOracle oracle)
    {
        _fault = fault;
        _scenario = scenario;
        _gateway = gateway;
        _oracle = oracle;
    }

    public static async Task<FaultRun> StartAsync(
        VppTransportKind transport, StepFault fault, FaultScenario scenario)
    {
        var clock = new StallClock();
        Gateway gateway = await Gateway.StartAsync(transport, callClock: clock, boot: PolicyOracle.Boot);
        gateway.Vpp.Stalled = clock.Expire;
        await FaultScenario.PrepareAsync(gateway);
        var run = new FaultRun(
            fault, scenario, gateway, new PolicyOracle(transport == VppTransportKind.Api));
        gateway.Vpp.AfterEach = run._oracle.See;
        gateway.Vpp.BeforeAny = run.Count;
        await run.LearnAsync();
        return run;
    }

    public async Task FailAtEachStepAsync()
    {
        foreach (int at in Choose(CopySteps()))
        {
            lock (_gateway.Vpp.Gate)
            {
                _steps.Clear();
                _failAt = at;
            }

            bool isDone = await TryAsync(_scenario.Do);
            string step = $"{_scenario} with {_fault} at step {at}";
            bool wasHit;
            lock (_gateway.Vpp.Gate)
            {
                wasHit = _failAt < 0;
                _failAt = -1;
            }

            Assert.True(isDone || wasHit, $"{step}: it failed without the fault");
            if (_fault is StepFault.KillBefore or StepFault.KillAfter && wasHit)
                _gateway.Vpp.Restart();
            await SettleAsync(isDone ? _after : _before, $"{step}, {(isDone ? "taken" : "refused")}");
            if (isDone)
            {
                Assert.True(await TryAsync(_scenario.Undo), step);
                await SettleAsync(_before, step + ", undone");
            }

            Assert.True(_oracle.Violations.Count == 0, $"{step}: {string.Join('\n', _oracle.Violations)}");
        }

        Assert.Empty(_oracle.Violations);
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    // Once without a fault: what it comes to, and in how many steps.
    private async Task LearnAsync()
    {
        _before = Look(learn: true);
        await _scenario.Do(_gateway);
        _after = Look(learn: true);
        Assert.NotEqual(_before, _after);
        await _scenario.Undo(_gateway);
        Assert.Equal(_before, Look(learn: true));
        _oracle.Violations.Clear();
        SetSteps([]);
        await _scenario.Do(_gateway);
        (string, bool)[] steps = CopySteps();
        await _scenario.Undo(_gateway);
        SetSteps(steps);
        Assert.Empty(_oracle.Violations);
    }

    // Every step for a VPP that dies, of many alike in a row the first and the last; for the other faults
    // every change, and every kind of look between two changes once. What only looks is the same before it
    // acts and after, and is not refused.
    private IEnumerable<int> Choose((string Name, bool IsChange)[] steps)
    {
        var looked = new HashSet<string>(StringComparer.Ordinal);
        for (int at = 0; at < steps.Length; at++)
        {
            (string name, bool isChange) = steps[at];
            if (isChange)
                looked.Clear();
            bool isChosen = isChange || _fault switch
            {
                StepFault.KillBefore => at == 0 || at == steps.Length - 1
                    || name != steps[at - 1].Name || name != steps[at + 1].Name,
                StepFault.KillAfter or StepFault.ResetAfter or StepFault.StallAfter => false,
                StepFault.CutStall or StepFault.Refuse => false,
                _ => looked.Add(name),
            };
            if (isChosen && _fault != StepFault.None)
                yield return at;
        }
    }

    // The bridge looks at VPP for itself as well.
    private (string Name, bool IsChange)[] CopySteps()
    {
        lock (_gateway.Vpp.Gate)
            return [.. _steps];
    }

    private void SetSteps((string Name, bool IsChange)[] steps)
    {
        lock (_gateway.Vpp.Gate)
        {
            _steps.Clear();
            _steps.AddRange(steps);
        }
    }

    private StepFault Count(string name, bool isChange)
    {
        _steps.Add((name, isChange));
        if (_failAt != _steps.Count - 1)
            return StepFault.None;
        _failAt = -1;
        return _fault;
    }

    private async Task<bool> TryAsync(Func<Gateway, Task> request)
    {
        try
        {
            await request(_gateway);
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private async Task SettleAsync(string shape, string when)
    {
        string seen = "";
        try
        {
            await Eventually.BecomesAsync(() =>
                _gateway.Host.Reconciler.Status is { Transport: not null, IsConverged: true }
                && (seen = Look(learn: false)) == shape);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{when}: wanted\n{shape}\nbut it is\n{seen}\n"
                + string.Join('\n', _gateway.Host.Reconciler.Status.Drift));
        }
    }

    private string Look(bool learn)
    {
        lock (_gateway.Vpp.Gate)
        {
            if (learn)
                _oracle.Learn(_gateway.Vpp.State);
            return _gateway.Vpp.State.Describe(withKeys: false);
        }
    }
}
