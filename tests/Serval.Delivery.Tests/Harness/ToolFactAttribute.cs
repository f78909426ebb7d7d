namespace Serval.Delivery.Tests.Harness;

/// <summary>
/// A test that needs programs, and reference data if it says so; skipped, with the reason, where they are
/// missing.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = Missing.Of(programs);
    }

    public string[] Programs { get; }
}
