using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Faults;

/// <summary>Every change, over both transports, with every fault at every command or message of it.</summary>
public sealed class FaultMatrixTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (VppTransportKind transport in (VppTransportKind[])[VppTransportKind.Api,
                VppTransportKind.Cli])
            {
                foreach (StepFault fault in Enum.GetValues<StepFault>())
                    cases.Add(transport.ToString(), fault.ToString());
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_fault_at_any_step_leaves_the_old_or_the_new_and_says_which(
        string transport, string fault)
    {
        await Parallel.ForEachAsync(FaultScenario.All, async (scenario, _) =>
        {
            await using var run = await FaultRun.StartAsync(
                Enum.Parse<VppTransportKind>(transport), Enum.Parse<StepFault>(fault), scenario);
            await run.FailAtEachStepAsync();
        });
    }
}
