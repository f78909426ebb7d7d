using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests;

/// <summary>The checks can find something: each planted mistake is found wherever it strikes.</summary>
public sealed class PlantedFaultTests
{
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
        for (ulong seed = 0; seed < 40; seed++)
        {
            RunResult clean = SimulationRun.Execute(seed);
            Assert.Empty(clean.Violations);
            RunResult result = SimulationRun.Execute(seed, fault, occasion: 5);
            if (!result.HasStruck) continue;
            struck++;
            Assert.True(result.Violations.Count > 0, $"{fault} goes unnoticed with seed {seed}");
        }

        Assert.True(struck > 10, $"{fault} struck in {struck} runs only");
    }
}
