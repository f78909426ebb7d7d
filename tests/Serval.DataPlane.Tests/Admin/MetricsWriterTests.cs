using System.Buffers;
using System.Text;
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
    public void Histogram_buckets_are_cumulative_and_end_with_infinity()
    {
        MetricsWriter writer = new(_output);
        writer.OpenHistogram("h", "H.");
        writer.Histogram([0.1, 1], [3, 0, 2], 7.25, new MetricLabel("l", "v"));
        Assert.EndsWith(
            """
            h_bucket{l="v",le="0.1"} 3
            h_bucket{l="v",le="1"} 3
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
