using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Tests.Filtering;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

/// <summary>traceparent: kept when it is valid, else a new trace begins (W3C Trace Context).</summary>
public sealed class TraceParentTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Valid = "00-" + TraceId + "-b7ad6b7169203331-01";

    [Theory]
    [InlineData(Valid)]
    [InlineData("00-" + TraceId + "-b7ad6b7169203331-ff")]
    [InlineData("cc-" + TraceId + "-b7ad6b7169203331-01")]
    [InlineData("cc-" + TraceId + "-b7ad6b7169203331-01-what-comes-later")]
    public void A_valid_traceparent_goes_on_as_it_came_with_its_state(string value)
    {
        string head = $"GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nTraceparent: {value}\r\ntracestate: v=1\r\n";
        using FilterBench bench = new();
        string written = bench.Request(head + "\r\n");
        Assert.StartsWith($"{head}X-Forwarded-For:", written, StringComparison.Ordinal);
        Assert.DoesNotContain("traceparent: 00-0123", written, StringComparison.Ordinal);
        Assert.False(bench.Head.LacksTrace);
        Assert.Equal(TraceId, Text(bench.Head.TraceId.Of(Bytes(head))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData(Valid + "-00")]
    [InlineData(Valid + "0")]
    [InlineData("cc-" + TraceId + "-b7ad6b7169203331-01.x")]
    [InlineData("ff-" + TraceId + "-b7ad6b7169203331-01")]
    [InlineData("0g-" + TraceId + "-b7ad6b7169203331-01")]
    [InlineData("00_" + TraceId + "-b7ad6b7169203331-01")]
    [InlineData("00-" + TraceId + "_b7ad6b7169203331-01")]
    [InlineData("00-" + TraceId + "-b7ad6b7169203331_01")]
    [InlineData("00-" + TraceId + "-b7ad6b7169203331-0x")]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-" + TraceId + "-0000000000000000-01")]
    [InlineData("00-" + TraceId + "-B7AD6B7169203331-01")]
    public void Any_other_is_replaced_and_its_state_dropped(string value) =>
        AssertReplaced($"traceparent: {value}\r\nTracestate: v=1\r\n");

    [Theory]
    [InlineData("")]
    [InlineData("tracestate: v=1\r\n")]
    [InlineData("traceparent: " + Valid + "\r\ntraceparent: " + Valid + "\r\n")]
    [InlineData("Connection: traceparent\r\ntraceparent: " + Valid + "\r\n")]
    public void So_is_none_and_one_that_comes_twice_or_is_meant_for_this_hop(string lines) =>
        AssertReplaced(lines);

    [Fact]
    public void Where_none_is_to_be_made_the_field_is_left_alone()
    {
        RequestHead head = new(
            new HeaderLimits(24_576, 128, 8_192), new RequestPolicy(MakesTraceParents: false));
        Assert.Equal(ParseStatus.Complete, head.Parse(Bytes(
            "GET / HTTP/1.1\r\nHost: a\r\ntraceparent: no\r\ntracestate: v=1\r\n\r\n")));
        Assert.False(head.LacksTrace);
        Assert.True(head.TraceId.IsEmpty);
        Assert.False(head[1].IsDropped || head[2].IsDropped);
    }

    [Fact]
    public void The_parent_of_a_new_trace_is_never_zero()
    {
        byte[] output = new byte[128];
        Http1Encoder encoder = new(output);
        TraceParent.Write(ref encoder, 7, 7);
        Assert.Equal(
            "traceparent: 00-00000000000000070000000000000007-0000000000000001-00\r\n",
            Text(output.AsSpan(0, encoder.Written)));
    }

    // The instance is used for every request: nothing of the one before is left.
    [Fact]
    public void A_trace_is_that_of_its_own_request()
    {
        RequestHead head = NewRequest();
        head.Parse(Bytes($"GET / HTTP/1.1\r\nHost: a\r\ntraceparent: {Valid}\r\n\r\n"));
        Assert.False(head.LacksTrace);
        head.Parse(Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.True(head.LacksTrace);
        Assert.True(head.TraceId.IsEmpty);
    }

    private static void AssertReplaced(string lines)
    {
        using FilterBench bench = new();
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n" + FilterBench.Facts + "\r\n",
            bench.Request($"GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\n{lines}B: 2\r\n\r\n"));
    }
}
