namespace Serval.Delivery.Tests.Harness;

/// <summary>A test that only root can run, with programs; skipped, with the reason, without.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = Missing.Of(programs)
            ?? (Environment.UserName == "root" ? null : "only root can make a network of its own");
    }

    public string[] Programs { get; }
}
