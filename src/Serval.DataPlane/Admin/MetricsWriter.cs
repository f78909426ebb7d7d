using System.Buffers;
using System.Globalization;
using System.Text;
using Serval.Common.Monitoring;

namespace Serval.DataPlane.Admin;

/// <summary>
/// Writes metrics as text: in the Prometheus format 0.0.4 or in OpenMetrics 1.0.0. The samples are the same
/// in both, so that a series does not depend on who asks. A family (HELP and TYPE) is opened once, then its
/// samples follow; opening a second family of the same name is a fault of ours and throws. Owner: one scrape.
/// Bound: the number of families and samples that the caller writes.
/// </summary>
/// <param name="output">Receives UTF-8 text.</param>
/// <param name="format">How it is written.</param>
public sealed class MetricsWriter(
    IBufferWriter<byte> output, MetricsFormat format = MetricsFormat.Prometheus)
{
    private const string CounterSuffix = "_total";

    // Units of OpenMetrics that names here end in.
    private static readonly string[] Units = ["seconds", "bytes"];
    private readonly bool _isOpenMetrics = format == MetricsFormat.OpenMetrics;
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);
    private string _family = "";

    /// <summary>Opens a family of counters; the name ends in <c>_total</c>.</summary>
    public void OpenCounter(string name, string help)
    {
        if (!name.EndsWith(CounterSuffix, StringComparison.Ordinal))
            throw new ArgumentException($"The counter {name} must end in {CounterSuffix}.", nameof(name));
        Open(name, "counter", help);
    }

    /// <summary>Opens a family of gauges.</summary>
    public void OpenGauge(string name, string help) => Open(name, "gauge", help);

    /// <summary>Opens a family of histograms.</summary>
    public void OpenHistogram(string name, string help) => Open(name, "histogram", help);

    /// <summary>Writes a sample of the open family.</summary>
    public void Sample(double value, params ReadOnlySpan<MetricLabel> labels) =>
        Line("", null, value, labels);

    /// <summary>Opens a counter and writes its only sample.</summary>
    public void Counter(string name, string help, double value)
    {
        OpenCounter(name, help);
        Sample(value);
    }

    /// <summary>Opens a gauge and writes its only sample.</summary>
    public void Gauge(string name, string help, double value)
    {
        OpenGauge(name, help);
        Sample(value);
    }

    /// <summary>Writes one histogram of the open family.</summary>
    /// <param name="upperBounds">Inclusive upper bounds, ascending, without infinity.</param>
    /// <param name="counts">Per bucket, not cumulative; one more than the bounds, the last is above them
    /// all.</param>
    /// <param name="sum">Sum of what was observed.</param>
    /// <param name="labels">Labels of every line.</param>
    public void Histogram(
        ReadOnlySpan<double> upperBounds, ReadOnlySpan<long> counts, double sum,
        params ReadOnlySpan<MetricLabel> labels)
    {
        if (counts.Length != upperBounds.Length + 1)
            throw new ArgumentException("One count more than bounds is needed.", nameof(counts));
        long total = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            double bound = i < upperBounds.Length ? upperBounds[i] : double.PositiveInfinity;
            Line("_bucket", Bound(bound), total, labels);
        }
        Line("_sum", null, sum, labels);
        Line("_count", null, total, labels);
    }

    /// <summary>Ends the page; nothing is written behind it.</summary>
    public void End()
    {
        if (_isOpenMetrics)
            Text("# EOF\n");
    }

    private void Open(string name, string type, string help)
    {
        if (!IsName(name))
            throw new ArgumentException($"{name} is not a metric name.", nameof(name));
        if (!_opened.Add(name))
            throw new InvalidOperationException($"The metric {name} was opened twice.");
        _family = name;
        // OpenMetrics names a family of counters without the suffix that its samples have.
        ReadOnlySpan<char> family =
            _isOpenMetrics && type == "counter" ? name.AsSpan()[..^CounterSuffix.Length] : name;
        Describe("HELP", family);
        Escaped(help, isQuoted: _isOpenMetrics);
        Text("\n");
        Describe("TYPE", family);
        Text(type);
        Text("\n");
        foreach (string unit in _isOpenMetrics ? Units : [])
        {
            if (!family.EndsWith($"_{unit}"))
                continue;
            Describe("UNIT", family);
            Text(unit);
            Text("\n");
        }
    }

    private void Describe(string what, ReadOnlySpan<char> family)
    {
        Text($"# {what} ");
        Text(family);
        Text(" ");
    }

    private void Line(string suffix, string? bound, double value, ReadOnlySpan<MetricLabel> labels)
    {
        if (_family.Length == 0)
            throw new InvalidOperationException("A family is opened before its samples.");
        Text(_family);
        Text(suffix);
        char separator = '{';
        foreach (MetricLabel label in labels)
            Label(ref separator, label);
        if (bound is not null)
            Label(ref separator, new MetricLabel("le", bound));
        Text(separator == '{' ? " " : "} ");
        Text(Number(value));
        Text("\n");
    }

    private void Label(ref char separator, MetricLabel label)
    {
        Text(separator == '{' ? "{" : ",");
        separator = ',';
        Text(label.Name);
        Text("=\"");
        Escaped(label.Value, isQuoted: true);
        Text("\"");
    }

    private void Escaped(string text, bool isQuoted)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            string? escape = text[i] switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '"' when isQuoted => "\\\"",
                _ => null,
            };
            if (escape is null)
                continue;
            Text(text.AsSpan(start, i - start));
            Text(escape);
            start = i + 1;
        }
        Text(text.AsSpan(start));
    }

    private void Text(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, output);

    // A bound is written as OpenMetrics wants it (canonical numbers), in both formats: the label of a bucket
    // is the same text whoever asks.
    private static string Bound(double value)
    {
        string text = Number(value).Replace('E', 'e');
        return double.IsInfinity(value) || text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0";
    }

    private static string Number(double value)
    {
        if (double.IsPositiveInfinity(value))
            return "+Inf";
        if (double.IsNegativeInfinity(value))
            return "-Inf";
        return double.IsNaN(value) ? "NaN" : value.ToString("R", CultureInfo.InvariantCulture);
    }

    private static bool IsName(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or ':'))
                return false;
        }
        return name.Length > 0 && !char.IsAsciiDigit(name[0]);
    }
}
