using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Seccomp;

/// <summary>
/// A test that needs gcc, libseccomp and the published program; skipped, with the reason, without.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SeccompFactAttribute : FactAttribute
{
    public SeccompFactAttribute() => Skip = Missing.Of(["gcc"])
        ?? (File.Exists("/usr/include/seccomp.h")
            ? null
            : "libseccomp-dev is not installed; scripts/install-test-tools.sh installs it")
        ?? RunningRole.Missing;
}
