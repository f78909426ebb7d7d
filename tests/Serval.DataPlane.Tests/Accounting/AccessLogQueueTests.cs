using Serval.DataPlane.Accounting;

namespace Serval.DataPlane.Tests.Accounting;

public sealed class AccessLogQueueTests
{
    private readonly AccessLogQueue _queue = new(new AccessLogOptions("-"));

    [Fact]
    public void Lines_come_out_as_they_went_in_also_around_the_end()
    {
        byte[] line = new byte[1_000];
        List<byte> put = [];
        List<byte> taken = [];
        for (int i = 0; i < 3 * Limits.AccessLogBytes / line.Length; i++)
        {
            line.AsSpan().Fill((byte)i);
            Assert.True(_queue.TryPut(line));
            put.AddRange(line);
            if (i % 100 == 99) taken.AddRange(Drain());
        }

        taken.AddRange(Drain());
        Assert.True(put.SequenceEqual(taken));
    }

    [Fact]
    public void A_full_queue_takes_whole_lines_or_nothing()
    {
        Assert.True(_queue.Peek().IsEmpty);
        Assert.True(_queue.TryPut(new byte[Limits.AccessLogBytes - 10]));
        Assert.False(_queue.TryPut(new byte[11]));
        Assert.True(_queue.TryPut(new byte[10]));
        Assert.False(_queue.TryPut(new byte[1]));
        _queue.Advance(1);
        Assert.True(_queue.TryPut(new byte[1]));
    }

    private List<byte> Drain()
    {
        List<byte> bytes = [];
        for (ReadOnlyMemory<byte> run = _queue.Peek(); !run.IsEmpty; run = _queue.Peek())
        {
            bytes.AddRange(run.Span);
            _queue.Advance(run.Length);
        }

        return bytes;
    }
}
