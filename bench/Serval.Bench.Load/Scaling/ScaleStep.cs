using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Scaling;

/// <summary>One size of what a scale scenario makes larger.</summary>
/// <param name="Value">As it appears in the table.</param>
/// <param name="Load">The scenario at this size.</param>
internal sealed record ScaleStep(string Value, Scenario Load)
{
    /// <summary>MiB that Serval is meant to stay below; 0 when nothing is said.</summary>
    public double GoalMiB { get; init; }

    /// <summary>Whether the goal is for what comes on top of the first step.</summary>
    public bool IsGoalAboveFirst { get; init; }
}
