namespace Serval.Bench.Load.Tests;

/// <summary>A theory that needs a program of the machine, and is skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InstalledTheoryAttribute : TheoryAttribute
{
    public InstalledTheoryAttribute(string program)
    {
        Program = program;
        if (!File.Exists(program))
        {
            Skip = $"{program} is not installed; scripts/install-test-tools.sh installs it";
        }
    }

    public string Program { get; }
}
