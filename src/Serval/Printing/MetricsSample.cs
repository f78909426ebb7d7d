namespace Serval.CommandLine.Printing;

/// <summary>One line of a page of metrics.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Value">Its value.</param>
internal sealed record MetricsSample(IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>The value of a label; empty when it has none.</summary>
    public string Label(string name) => Labels.TryGetValue(name, out string? value) ? value : "";
}
