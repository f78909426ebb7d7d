using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>What a worker does in one turn.</summary>
public sealed class TurnTests
{
    // Timers and messages come after the completions of a turn.
    [Fact]
    public void A_flood_of_completions_takes_turns_with_what_else_there_is_to_do()
    {
        const int rounds = 3;
        FaultProfile faults = FaultProfile.None() with { ReapMax = int.MaxValue };
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1"), faults: faults);
        long turns = scene.Counters.Read(Counter.Turns);
        long all = scene.Counters.Read(Counter.Completions) + (rounds * Limits.CompletionsPerTurn);
        scene.Flood(rounds * Limits.CompletionsPerTurn);
        scene.RunUntil(() => scene.Counters.Read(Counter.Completions) >= all);
        Assert.Equal(rounds, scene.Counters.Read(Counter.Turns) - turns);
    }
}
