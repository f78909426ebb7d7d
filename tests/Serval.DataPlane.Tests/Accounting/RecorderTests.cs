using System.Text;
using System.Text.Json;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tests.Http1;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Accounting;

/// <summary>Records of exchanges, without a worker.</summary>
public sealed class RecorderTests : IDisposable
{
    private readonly AccessLogQueue _queue = new(
        new AccessLogOptions("-") { SampleEvery = int.MaxValue, AlwaysFromStatus = 400 });

    private readonly WorkerCounters _counters = new();
    private readonly Recorder _recorder;

    public RecorderTests()
    {
        TurnClock clock = new(new SystemClock());
        clock.Read();
        _recorder = new Recorder(_queue, exchanges: 2, _counters, new RandomSource(1), clock);
    }

    public void Dispose() => _recorder.Dispose();

    [Fact]
    public void What_the_sample_leaves_out_is_written_from_the_status_on_that_was_named()
    {
        foreach (int status in (int[])[0, 200, 399, 400, 401])
        {
            Begin("/p");
            End(status);
        }

        Assert.Equal([400, 401], Lines().Select(line => line.GetProperty("status").GetInt32()));
        Assert.Equal(5, _counters.ReadOutcome(Outcome.Completed));
    }

    // An exchange whose head never came takes the slot of another that was written.
    [Fact]
    public void What_was_said_of_one_exchange_is_not_said_of_the_next_in_its_slot()
    {
        Begin("/first");
        End(500);
        End(500);
        Assert.Equal("/first", Assert.Single(Lines()).GetProperty("path").GetString());
        Assert.Equal(2, _counters.ReadOutcome(Outcome.Completed));
    }

    [Fact]
    public void The_first_route_and_the_first_listener_are_counted_too()
    {
        End(204);
        Assert.Equal((1, 1), (_counters.ReadRoute(0, 1), _counters.ReadListener(0, 1)));
    }

    private void Begin(string path)
    {
        byte[] text = HeadText.Bytes($"GET {path} HTTP/1.1\r\nHost: a.example\r\n\r\n");
        RequestHead head = HeadText.NewRequest();
        Assert.Equal(ParseStatus.Complete, head.Parse(text));
        Exchange exchange = Of();
        SocketAddress client = SocketAddress.From(new System.Net.IPEndPoint(0x0100007f, 1));
        _recorder.Begin(1, in exchange, in client, default, head, text, isWhole: true);
    }

    private void End(int status)
    {
        Exchange exchange = Of();
        SocketAddress none = default;
        _recorder.End(1, in exchange, status, received: 0, in none);
    }

    private static Exchange Of() => new()
    {
        ListenerSeries = 0,
        RouteSeries = 0,
        ClusterSeries = -1,
        Endpoint = -1,
        Outcome = Outcome.Completed,
    };

    private JsonElement[] Lines() =>
    [
        .. Encoding.ASCII.GetString(_queue.Peek().Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement),
    ];
}
