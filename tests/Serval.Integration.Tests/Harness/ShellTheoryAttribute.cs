namespace Serval.Integration.Tests.Harness;

/// <summary>A theory that needs a shell of the machine, and is skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute(string shell)
    {
        if (!File.Exists($"/usr/bin/{shell}"))
            Skip = $"{shell} is not installed; scripts/install-test-tools.sh installs it";
    }
}
