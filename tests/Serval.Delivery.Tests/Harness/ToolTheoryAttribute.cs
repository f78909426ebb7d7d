namespace Serval.Delivery.Tests.Harness;

/// <summary>A theory that needs programs; skipped, with the reason, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = Missing.Of(programs);
    }

    public string[] Programs { get; }
}
