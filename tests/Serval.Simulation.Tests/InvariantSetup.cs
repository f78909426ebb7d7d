using System.Runtime.CompilerServices;
using Serval.DataPlane;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests;

/// <summary>A broken invariant ends a run with its seed, rather than the process without.</summary>
internal static class InvariantSetup
{
    [ModuleInitializer]
    internal static void Initialize() => Invariant.Stop = static text =>
        throw new BrokenInvariantException(text);
}
