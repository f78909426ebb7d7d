namespace Serval.Bench.Load.Scaling;

/// <summary>One scale scenario: the rows of a proxy follow each other, from small to large.</summary>
internal sealed record ScaleTable(ScaleScenario Scenario, IReadOnlyList<ScaleRow> Rows)
{
    /// <summary>What the row's figures are compared with: the same proxy at the first size.</summary>
    public ScaleRow First(ScaleRow row) => Rows.First(other => other.Row.Proxy.Name == row.Row.Proxy.Name);
}
