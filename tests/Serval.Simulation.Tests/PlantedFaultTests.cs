using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests;

/// <summary>
/// The checks can find something: each mistake that is made on purpose is found, in runs where no other fault
/// could excuse what comes of it.
/// </summary>
public sealed class PlantedFaultTests
{
    private const int Seeds = 160;

    [Theory]
    [InlineData(PlantedFault.FlipsByte)]
    [InlineData(PlantedFault.OverwritesLentMemory)]
    [InlineData(PlantedFault.LosesCompletion)]
    [InlineData(PlantedFault.MixesConnections)]
    [InlineData(PlantedFault.LosesBuffer)]
    [InlineData(PlantedFault.SendsShort)]
    internal void A_planted_mistake_is_found(PlantedFault fault)
    {
        int struck = 0;
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            if (!SimulationRun.FaultsOf(seed).IsHarmless) continue;
            RunResult result = SimulationRun.Execute(seed, fault, occasion: 3);
            if (!result.HasStruck) continue;
            struck++;
            Assert.True(result.Violations.Count > 0, $"{fault} goes unnoticed with seed {seed}");
        }

        Assert.True(struck >= 5, $"{fault} struck in {struck} runs only");
    }
}
