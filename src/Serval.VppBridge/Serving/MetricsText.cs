using System.Globalization;
using System.Text;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Serving;

/// <summary>Writes metrics in the Prometheus text format 0.0.4: a family is opened, then its samples
/// follow. Owner: one scrape.</summary>
internal sealed class MetricsText
{
    /// <summary>The value of the Content-Type header.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private string _family = string.Empty;

    public void Gauge(string name, string help, long value)
    {
        Open(name, "gauge", help);
        Sample(value);
    }

    public void Counter(string name, string help, long value)
    {
        Open(name, "counter", help);
        Sample(value);
    }

    public void Open(string name, string type, string help)
    {
        _family = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    /// <summary>One line of the open family.</summary>
    public void Sample(IFormattable value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Line(string.Empty, value, labels);

    /// <summary>One histogram of the open family.</summary>
    public void Histogram(Histogram taken, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        (string Name, string Value)[] all = [.. labels, ("le", string.Empty)];
        long[] counts = taken.ReadCounts();
        long total = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            all[^1].Value = i < Transports.Histogram.BoundsSeconds.Length
                ? Transports.Histogram.BoundsSeconds[i].ToString(CultureInfo.InvariantCulture)
                : "+Inf";
            Line("_bucket", total, all);
        }

        Line("_sum", taken.SumSeconds, labels);
        Line("_count", total, labels);
    }

    public override string ToString() => _text.ToString();

    private void Line(
        string suffix, IFormattable value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(_family).Append(suffix);
        for (int i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"")
                .Append(Escape(labels[i].Value)).Append('"');
        }

        _text.Append(labels.IsEmpty ? " " : "} ")
            .Append(value.ToString(null, CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string label) => label
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
