namespace Serval.VppBridge.Tests.Simulation;

/// <summary>What goes wrong at a step.</summary>
internal enum StepFault
{
    None,

    /// <summary>VPP dies before it acts.</summary>
    KillBefore,

    /// <summary>VPP dies after it acted and before it answers.</summary>
    KillAfter,

    /// <summary>VPP does not act and does not answer.</summary>
    Stall,
}
