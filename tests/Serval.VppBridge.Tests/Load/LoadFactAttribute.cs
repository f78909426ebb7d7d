namespace Serval.VppBridge.Tests.Load;

/// <summary>A measurement; run by <c>make vpp-load</c>, which sets the variable.</summary>
internal sealed class LoadFactAttribute : FactAttribute
{
    public const string Variable = "SERVAL_VPP_LOAD";

    public LoadFactAttribute()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
            Skip = $"it measures: run make vpp-load, which sets {Variable}";
    }
}
