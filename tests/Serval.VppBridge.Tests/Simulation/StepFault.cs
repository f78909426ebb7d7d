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

    /// <summary>VPP acts and does not answer.</summary>
    StallAfter,

    /// <summary>The connection ends before VPP acts; VPP lives on.</summary>
    ResetBefore,

    /// <summary>The connection ends after VPP acted; VPP lives on.</summary>
    ResetAfter,

    /// <summary>Half of the answer comes, then the connection ends.</summary>
    Cut,

    /// <summary>Half of the answer comes, then nothing more.</summary>
    CutStall,

    /// <summary>Half of the answer comes as if it were all.</summary>
    Short,

    /// <summary>VPP does not act and says so.</summary>
    Refuse,
}
