using System.Runtime.InteropServices;

namespace Serval.Integration.Tests.Harness;

/// <summary>A fact about the published program; skipped where the tests run what the build left beside
/// them.</summary>
internal sealed class PublishedFactAttribute : FactAttribute
{
    public PublishedFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("SERVAL_PROGRAM") is null)
            Skip = "SERVAL_PROGRAM names no published program, as `make test` does";
    }

    /// <summary>One that needs an emulator of x86-64.</summary>
    public PublishedFactAttribute(string emulator)
        : this()
    {
        if (!File.Exists(emulator))
            Skip ??= $"{emulator} is missing; scripts/install-test-tools.sh installs it";
        else if (RuntimeInformation.OSArchitecture != Architecture.X64)
            Skip ??= "the program is not for x86-64";
    }
}
