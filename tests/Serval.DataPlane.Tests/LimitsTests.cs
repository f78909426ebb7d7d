using System.Numerics;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http1;

namespace Serval.DataPlane.Tests;

/// <summary>What one limit needs of another.</summary>
public sealed class LimitsTests
{
    [Theory]
    [InlineData("a head fits a buffer", Limits.HeadBytesMax < BufferPool.ReceiveBytes)]
    [InlineData("a head leaves room for what is copied behind it",
        Limits.HeadBytesMax + Limits.BodyCopyMax <= BufferPool.StrideBytes)]
    [InlineData("a target fits a head", Limits.TargetBytesMax < Limits.HeadBytesMax)]
    [InlineData("buffer ids have 16 bits", Limits.Buffers <= 65_536)]
    [InlineData("the kernel's buffers are some of all", Limits.ProvidedBuffers <= Limits.Buffers / 2)]
    [InlineData("the kernel has few buffers before it has many",
        Limits.ProvidedBuffersLow < Limits.ProvidedBuffers)]
    [InlineData("what is provided leaves the reserve", Limits.ProvidedBuffers
        + Limits.BuffersReserved <= Limits.Buffers)]
    [InlineData("accepting leaves room for upstreams",
        Limits.ConnectionSlotsReserved < Limits.ConnectionSlots)]
    [InlineData("every armed accept can have a slot",
        Limits.AcceptsArmed * Limits.ListenSockets
            <= Limits.ConnectionSlots - Limits.ConnectionSlotsReserved)]
    [InlineData("every connection can have an exchange", Limits.Exchanges >= Limits.ConnectionSlots)]
    [InlineData("segments outlast buffers", Limits.SegmentsPerBuffer >=
        1 + ((BufferPool.StrideBytes + Limits.BodyCopyMax - 1) / Limits.BodyCopyMax))]
    [InlineData("what is copied because it is little fits a small buffer",
        Limits.BodyCopyMax <= BufferPool.SmallBytes)]
    [InlineData("every connection can have a small buffer", Limits.SmallBuffers >= Limits.ConnectionSlots)]
    [InlineData("receives are made one at a time long before memory is short",
        Limits.CreditBuffersMultishot > Limits.CreditBuffers / 2)]
    [InlineData("connections get small buffers before the kernel gets no others",
        Limits.Buffers / Limits.CreditBuffers > Limits.BuffersReserved)]
    [InlineData("one send's runs fit an enter", Limits.VectorsPerSend <= Limits.VectorsPerEnter)]
    [InlineData("runs of one send are bounded by the kernel (UIO_MAXIOV)", Limits.VectorsPerSend <= 1_024)]
    [InlineData("completions outnumber submissions",
        Limits.CompletionEntries >= 2 * Limits.SubmissionEntries)]
    [InlineData("one turn reaps no more than the queue holds",
        Limits.CompletionsPerTurn <= Limits.CompletionEntries)]
    [InlineData("whole buffers of a connection can go in one send",
        Limits.CreditBuffers <= Limits.VectorsPerSend)]
    [InlineData("pauses end before they begin again", Limits.CreditResumeDivisor > 1)]
    [InlineData("a log line fits its queue many times",
        AccessRecord.TextBytesMax * 100 <= Limits.AccessLogBytes)]
    [InlineData("every socket can be added and removed at once",
        Limits.MailboxMessages >= 2 * Limits.ListenSockets)]
    [InlineData("trying again is possible", Limits.AttemptsMax >= 2)]
    public void A_relation_holds(string relation, bool holds) => Assert.True(holds, relation);

    [Fact]
    public void Rings_have_sizes_that_are_powers_of_two()
    {
        Assert.All(
            [Limits.SubmissionEntries, Limits.CompletionEntries, Limits.ProvidedBuffers],
            size => Assert.True(BitOperations.IsPow2(size)));
        // IORING_MAX_ENTRIES and IORING_MAX_CQ_ENTRIES.
        Assert.True(Limits.SubmissionEntries <= 32_768);
        Assert.True(Limits.CompletionEntries <= 65_536);
    }

    [Fact]
    public void The_headroom_holds_a_chunk_prefix()
    {
        Span<byte> room = new byte[BufferPool.HeadroomBytes];
        Assert.True(
            ChunkFraming.WritePrefix(room, room.Length, BufferPool.ReceiveBytes, isFirst: false) >= 0);
    }
}
