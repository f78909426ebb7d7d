namespace Serval.Delivery.Tests.Harness;

/// <summary>A test that needs the published program and Go; skipped, with the reason, without.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PublishedFactAttribute : FactAttribute
{
    public PublishedFactAttribute() => Skip = RunningRole.Missing ?? Missing.Of([ChartTool.Builder]);
}
