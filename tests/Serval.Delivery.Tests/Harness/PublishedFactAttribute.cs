namespace Serval.Delivery.Tests.Harness;

/// <summary>
/// A test that needs the published program, Go, and the named programs; skipped, with the reason, without.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PublishedFactAttribute : FactAttribute
{
    public PublishedFactAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = RunningRole.Missing ?? Missing.Of([ChartTool.Builder, .. programs]);
    }

    public string[] Programs { get; }
}
