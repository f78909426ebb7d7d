using System.Globalization;

namespace Serval.Simulation.Tests;

/// <summary>A test that runs for as long as <c>make soak</c> says, and not otherwise.</summary>
public sealed class SoakFactAttribute : FactAttribute
{
    public SoakFactAttribute()
    {
        if (Seconds == 0) Skip = "make soak SECONDS=600 plays fresh seeds for so long";
    }

    /// <summary>How long; 0 for not at all.</summary>
    public static int Seconds => int.TryParse(
        Environment.GetEnvironmentVariable("SERVAL_SOAK_SECONDS"), CultureInfo.InvariantCulture,
        out int seconds) ? seconds : 0;
}
