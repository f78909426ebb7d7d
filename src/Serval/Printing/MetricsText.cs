using System.Globalization;

namespace Serval.CommandLine.Printing;

/// <summary>
/// The samples of a page of metrics in the Prometheus text format 0.0.4, as Serval writes it. Bound: the
/// page, which the client bounds.
/// </summary>
internal sealed class MetricsText
{
    private const string TypeLine = "# TYPE ";
    private readonly Dictionary<string, List<MetricsSample>> _samples = new(StringComparer.Ordinal);
    private readonly HashSet<string> _families = new(StringComparer.Ordinal);

    /// <summary>Reads a page; lines that are no samples are skipped.</summary>
    public static MetricsText Read(string page)
    {
        MetricsText metrics = new();
        foreach (string line in page.Split('\n'))
        {
            if (line.StartsWith(TypeLine, StringComparison.Ordinal))
                metrics._families.Add(line[TypeLine.Length..].Split(' ')[0]);
            else if (line.Length > 0 && line[0] != '#')
                metrics.Add(line);
        }
        return metrics;
    }

    /// <summary>Whether the role has such a metric, though perhaps no sample of it yet.</summary>
    public bool Has(string name) => _families.Contains(name);

    /// <summary>The samples of a metric.</summary>
    public IReadOnlyList<MetricsSample> this[string name] =>
        _samples.TryGetValue(name, out List<MetricsSample>? found) ? found : [];

    /// <summary>The sum of those samples whose label has this value.</summary>
    public double Sum(string name, string label, string value) =>
        this[name].Where(sample => sample.Label(label) == value).Sum(sample => sample.Value);

    /// <summary>The same of those whose class of status is this one.</summary>
    public double Sum(string name, string label, string value, string codeClass) =>
        this[name].Where(sample => sample.Label(label) == value && sample.Label("code_class") == codeClass)
            .Sum(sample => sample.Value);

    private void Add(string line)
    {
        int space = line.LastIndexOf(' ');
        if (space < 0 || !double.TryParse(
            line.AsSpan(space + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            return;
        int brace = line.IndexOf('{', StringComparison.Ordinal);
        string name = line[..(brace < 0 ? space : brace)];
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        if (brace >= 0)
            ReadLabels(line[(brace + 1)..space], labels);
        if (!_samples.TryGetValue(name, out List<MetricsSample>? list))
            _samples[name] = list = [];
        list.Add(new MetricsSample(labels, value));
    }

    // name="value",name="value"} with \\, \" and \n escaped.
    private static void ReadLabels(string text, Dictionary<string, string> labels)
    {
        int at = 0;
        while (text.IndexOf("=\"", at, StringComparison.Ordinal) is var equals and >= 0)
        {
            string name = text[at..equals].TrimStart(',');
            int end = equals + 2;
            while (end < text.Length && text[end] != '"')
                end += text[end] == '\\' ? 2 : 1;
            end = Math.Min(end, text.Length);
            labels[name] = text[(equals + 2)..end].Replace("\\\"", "\"", StringComparison.Ordinal)
                .Replace("\\n", "\n", StringComparison.Ordinal)
                .Replace("\\\\", "\\", StringComparison.Ordinal);
            at = Math.Min(end + 1, text.Length);
        }
    }
}
