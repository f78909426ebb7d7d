namespace Serval.VppBridge.Tests.Interop;

/// <summary>A theory that is skipped, with the reason, where the foreign clients cannot be had.</summary>
internal sealed class ForeignClientTheoryAttribute : TheoryAttribute
{
    public ForeignClientTheoryAttribute() => Skip = ForeignClients.MissingReason;
}
