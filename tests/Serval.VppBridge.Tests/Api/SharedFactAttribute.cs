namespace Serval.VppBridge.Tests.Api;

/// <summary>A test that needs <see cref="SharedFiles"/>; skipped, with the reason, where there are
/// none.</summary>
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (SharedFiles.Folder is null)
            Skip = "there is no folder shared/vpp beside the repository or above it";
    }
}
