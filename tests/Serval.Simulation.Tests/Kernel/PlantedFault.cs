namespace Serval.Simulation.Tests.Kernel;

/// <summary>Mistakes made on purpose, which the checks must find.</summary>
internal enum PlantedFault
{
    None,

    /// <summary>The last byte of a send arrives changed.</summary>
    FlipsByte,

    /// <summary>Memory is written again while it is lent for a send.</summary>
    OverwritesLentMemory,

    /// <summary>A send's completion never comes.</summary>
    LosesCompletion,

    /// <summary>A receive delivers the bytes of another connection.</summary>
    MixesConnections,

    /// <summary>A buffer is provided and never seen again.</summary>
    LosesBuffer,

    /// <summary>A send says that it has sent all, and has left out the last byte.</summary>
    SendsShort,
}
