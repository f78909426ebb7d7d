namespace Serval.VppBridge.Tests.Interop;

/// <summary>A test with clients of other languages, skipped with the reason where they cannot be
/// had.</summary>
internal sealed class ForeignClientFactAttribute : FactAttribute
{
    public ForeignClientFactAttribute() => Skip = ForeignClients.MissingReason;
}
