namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>A theory for a real VPP; skipped, with the reason, where there is none.</summary>
internal sealed class RealVppTheoryAttribute : TheoryAttribute
{
    public const string Variable = "VPP_RUNTIME_DIR";

    public RealVppTheoryAttribute()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
            Skip = $"{Variable} does not name the folder of a real VPP's sockets";
    }
}
