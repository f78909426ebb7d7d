namespace Serval.DataPlane.Tests.Tls;

/// <summary>A test that needs a program of the machine, and is skipped where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    /// <param name="tool">The program.</param>
    /// <param name="variable">What has to be set in the environment; null for nothing.</param>
    public ToolFactAttribute(string tool, string? variable = null)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, tool))))
            Skip = $"{tool} is not installed; scripts/install-test-tools.sh installs it";
        else if (variable is not null && Environment.GetEnvironmentVariable(variable) is null)
            Skip = $"takes long; {variable}=1 runs it, as make tls does";
    }
}
