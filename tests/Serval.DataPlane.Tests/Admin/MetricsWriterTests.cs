using System.Buffers;
using System.Text;
using Serval.Common.Monitoring;
using Serval.DataPlane.Admin;

namespace Serval.DataPlane.Tests.Admin;

public sealed class MetricsWriterTests
{
    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public void A_family_is_described_once_and_its_samples_follow()
    {
        MetricsWriter writer = new(_output);
        writer.OpenCounter("serval_things_total", "Things.");
        writer.Sample(1, new MetricLabel("kind", "a"));
        writer.Sample(2.5, new MetricLabel("kind", "b"), new MetricLabel("side", "x"));
        writer.Gauge("serval_level", "Level.", -3);
        Assert.Equal(
            """
            # HELP serval_things_total Things.
            # TYPE serval_things_total counter
            serval_things_total{kind="a"} 1
            serval_things_total{kind="b",side="x"} 2.5
            # HELP serval_level Level.
            # TYPE serval_level gauge
            serval_level -3

            """, Text());
    }

    [Fact]
    public void Label_values_and_help_are_escaped()
    {
        MetricsWriter writer = new(_output);
        writer.OpenGauge("g", "A \\ and\na \"quote\"");
        writer.Sample(1, new MetricLabel("l", "a\\b\"c\nd"));
        Assert.Equal(
            "# HELP g A \\\\ and\\na \"quote\"\n# TYPE g gauge\ng{l=\"a\\\\b\\\"c\\nd\"} 1\n", Text());
    }

    [Fact]
    public void OpenMetrics_names_families_without_suffix_says_units_and_ends()
    {
        MetricsWriter writer = new(_output, MetricsFormat.OpenMetrics);
        writer.OpenCounter("serval_things_total", "The \"things\".");
        writer.Sample(1, new MetricLabel("kind", "a"));
        writer.Counter("serval_busy_seconds_total", "Busy.", 2.5);
        writer.Gauge("serval_held_bytes", "Held.", 3);
        writer.End();
        Assert.Equal(
            """
            # HELP serval_things The \"things\".
            # TYPE serval_things counter
            serval_things_total{kind="a"} 1
            # HELP serval_busy_seconds Busy.
            # TYPE serval_busy_seconds counter
            # UNIT serval_busy_seconds seconds
            serval_busy_seconds_total 2.5
            # HELP serval_held_bytes Held.
            # TYPE serval_held_bytes gauge
            # UNIT serval_held_bytes bytes
            serval_held_bytes 3
            # EOF

            """, Text());
    }

    [Theory]
    [InlineData(MetricsFormat.Prometheus)]
    [InlineData(MetricsFormat.OpenMetrics)]
    public void Bounds_of_buckets_are_the_same_text_in_both_formats(MetricsFormat format)
    {
        MetricsWriter writer = new(_output, format);
        writer.OpenHistogram("h", "H.");
        writer.Histogram([0.00005, 2.5, 10], [1, 0, 0, 0], 1);
        Assert.Equal(
            ["5e-05", "2.5", "10.0", "+Inf"],
            Text().Split('\n').Where(line => line.Contains("le=", StringComparison.Ordinal))
                .Select(line => line.Split('"')[1]));
    }

    [Theory]
    [InlineData(null, MetricsFormat.Prometheus)]
    [InlineData("", MetricsFormat.Prometheus)]
    [InlineData("*/*", MetricsFormat.Prometheus)]
    [InlineData("text/plain", MetricsFormat.Prometheus)]
    [InlineData("nonsense;;,application/openmetrics-text", MetricsFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text", MetricsFormat.OpenMetrics)]
    [InlineData("Application/OpenMetrics-Text; version=1.0.0; charset=utf-8", MetricsFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text;version=0.0.1", MetricsFormat.Prometheus)]
    [InlineData("application/openmetrics-text;q=0", MetricsFormat.Prometheus)]
    [InlineData("application/openmetrics-text;q=0.4,text/plain;q=0.5", MetricsFormat.Prometheus)]
    [InlineData("text/plain;q=0.5,application/openmetrics-text;q=0.5", MetricsFormat.OpenMetrics)]
    [InlineData(
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.3",
        MetricsFormat.OpenMetrics)]
    public void The_format_is_the_one_that_the_client_prefers(string? accept, MetricsFormat format) =>
        Assert.Equal(format, MetricsFormats.Choose(accept));

    [Fact]
    public void Histogram_buckets_are_cumulative_and_end_with_infinity()
    {
        MetricsWriter writer = new(_output);
        writer.OpenHistogram("h", "H.");
        writer.Histogram([0.1, 1], [3, 0, 2], 7.25, new MetricLabel("l", "v"));
        Assert.EndsWith(
            """
            h_bucket{l="v",le="0.1"} 3
            h_bucket{l="v",le="1.0"} 3
            h_bucket{l="v",le="+Inf"} 5
            h_sum{l="v"} 7.25
            h_count{l="v"} 5

            """, Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(9_007_199_254_740_991, "9007199254740991")]
    public void Numbers_are_written_as_Prometheus_reads_them(double value, string expected)
    {
        new MetricsWriter(_output).Gauge("g", "G.", value);
        Assert.EndsWith($"g {expected}\n", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_cannot_be_opened_twice()
    {
        MetricsWriter writer = new(_output);
        writer.Gauge("g", "G.", 1);
        Assert.Throws<InvalidOperationException>(() => writer.OpenGauge("g", "G."));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("a-b")]
    [InlineData("counter_without_ending")]
    public void A_wrong_name_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => new MetricsWriter(_output).OpenCounter(name, "C."));
    }

    [Fact]
    public void A_sample_without_a_family_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => new MetricsWriter(_output).Sample(1));
    }

    private string Text() => Encoding.UTF8.GetString(_output.WrittenSpan);
}
