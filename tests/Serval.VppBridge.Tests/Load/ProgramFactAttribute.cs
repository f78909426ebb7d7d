namespace Serval.VppBridge.Tests.Load;

/// <summary>
/// A test of the published program; skipped, with the reason, where SERVAL_PROGRAM names none.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("SERVAL_PROGRAM")))
            Skip = "SERVAL_PROGRAM does not name the published program; make test sets it";
    }
}
