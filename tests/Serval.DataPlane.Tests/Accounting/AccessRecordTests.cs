using System.Text;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Tests.Workers;

namespace Serval.DataPlane.Tests.Accounting;

public sealed class AccessRecordTests
{
    private const string Response = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\u0001";

    // The sample leaves out every exchange, and errors are always written: what was kept in case the first
    // exchange ends badly must not be written for the second, whose head cannot be read.
    [Fact]
    public void A_request_that_cannot_be_read_is_not_logged_as_the_one_before()
    {
        AccessLogQueue log = new(
            new AccessLogOptions("-") { SampleEvery = int.MaxValue, AlwaysFromStatus = 400 });
        using LoopbackOrigin origin = new(Response);
        using WorkerOnThisThread worker = new(
            port => AllocationGateTests.SnapshotOf(port, origin.Port, []), log);
        worker.Allocates(
            () =>
            {
                using MarkedClient client = new(worker.Port);
                client.Send(Encoding.ASCII.GetBytes("GET /path/secret HTTP/1.1\r\nHost: a.example\r\n\r\n"));
                client.Read(1);
                client.Send(Encoding.ASCII.GetBytes("nonsense\r\n\r\n"));
                client.ReadToEnd();
            },
            () => { });
        Assert.Equal(1, worker.Counters.ReadOutcome(Outcome.Completed));
        Assert.Equal(1, worker.Counters.ReadOutcome(Outcome.BadRequest));
        Assert.DoesNotContain("secret", Encoding.ASCII.GetString(log.Peek().Span), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_is_written_although_the_sample_leaves_it_out()
    {
        AccessLogQueue log = new(
            new AccessLogOptions("-") { SampleEvery = int.MaxValue, AlwaysFromStatus = 400 });
        using LoopbackOrigin origin = new(Response);
        using WorkerOnThisThread worker = new(
            port => AllocationGateTests.SnapshotOf(port, origin.Port, []), log);
        worker.Allocates(
            () =>
            {
                using MarkedClient client = new(worker.Port);
                client.Send(Encoding.ASCII.GetBytes(
                    "GET /else%22where HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"));
                client.ReadToEnd();
            },
            () => { });
        string line = Encoding.ASCII.GetString(log.Peek().Span);
        using System.Text.Json.JsonDocument record = System.Text.Json.JsonDocument.Parse(line);
        Assert.Equal(404, record.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("no-route", record.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("/else%22where", record.RootElement.GetProperty("path").GetString());
        Assert.Equal("127.0.0.1", record.RootElement.GetProperty("client").GetString());
    }
}
