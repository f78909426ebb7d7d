using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Sequences;

/// <summary>One sequence of requests and faults from one seed, held against the model after each.</summary>
internal sealed class RandomSequence(int seed)
{
    private const int RequestsCount = 12;
    private readonly Random _random = new(seed);
    private readonly SimpleModel _model = new();
    private readonly List<string> _said = [];
    private int _failIn = -1;
    private StepFault _fault;
    private bool _wasHit;

    public async Task RunAsync()
    {
        bool isCli = seed % 2 == 1;
        var clock = new StallClock();
        await using Gateway gateway = await Gateway.StartAsync(
            isCli ? VppTransportKind.Cli : VppTransportKind.Api, callClock: clock);
        gateway.Vpp.Stalled = clock.Expire;
        gateway.Vpp.BeforeAny = (_, isChange) => Strike(isChange);
        for (int i = 0; i < RequestsCount; i++)
            await StepAsync(gateway, RandomRequest.Next(_random, _model, isCli));
    }

    private async Task StepAsync(Gateway gateway, RandomRequest request)
    {
        lock (gateway.Vpp.Gate)
        {
            _wasHit = false;
            _fault = (StepFault)_random.Next(1, Enum.GetValues<StepFault>().Length);
            _failIn = _random.Next(3) == 0 ? _random.Next(60) : -1;
        }

        (Change? change, string answer) = await SendAsync(gateway, request);
        bool wasHit;
        lock (gateway.Vpp.Gate)
        {
            _failIn = -1;
            wasHit = _wasHit;
        }

        _said.Add($"{request.Name}: {answer}{(wasHit ? $", {_fault}" : "")}");
        if (wasHit && _fault is StepFault.KillBefore or StepFault.KillAfter)
            gateway.Vpp.Restart();
        Require(wasHit || request.IsTaken == (change is not null), "the answer is not what the model says");
        Require(change is null || request.IsTaken, "it was taken, but must not be");
        if (change is not null)
            request.Apply(_model);
        await SettleAsync(gateway);
        if (change is null)
            return;
        (Change? again, answer) = await SendAsync(gateway, request);
        Require(again is { Changed: false }, $"the same request changed something: {answer}");
    }

    private async Task SettleAsync(Gateway gateway)
    {
        string wanted = _model.ToString(), seen = "";
        try
        {
            await Eventually.BecomesAsync(() =>
            {
                lock (gateway.Vpp.Gate)
                    seen = SimpleModel.Describe(gateway.Vpp.State);
                return seen == wanted
                    && gateway.Host.Reconciler.Status is { Transport: not null, IsConverged: true };
            });
        }
        catch (OperationCanceledException)
        {
            Require(false, $"wanted\n{wanted}\nbut it is\n{seen}\n"
                + string.Join('\n', gateway.Host.Reconciler.Status.Drift));
        }
    }

    private StepFault Strike(bool isChange)
    {
        if (_failIn < 0 || --_failIn >= 0)
            return StepFault.None;

        // A look is not refused; the fault waits for a change.
        if (_fault == StepFault.Refuse && !isChange)
        {
            _failIn = 0;
            return StepFault.None;
        }

        _wasHit = true;
        return _fault;
    }

    private static async Task<(Change? Change, string Answer)> SendAsync(
        Gateway gateway, RandomRequest request)
    {
        try
        {
            Change change = await request.Send(gateway);
            return (change, change.Changed ? "changed" : "same");
        }
        catch (RpcException e)
        {
            return (null, e.Message);
        }
    }

    private void Require(bool isTrue, string what)
    {
        if (!isTrue)
        {
            Assert.Fail($"{what}\nrepeat it with SERVAL_SEED={seed} dotnet test tests/Serval.VppBridge.Tests "
                + $"--filter One_seed\n{string.Join('\n', _said)}");
        }
    }
}
